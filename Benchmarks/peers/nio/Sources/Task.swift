import Glibc
import NIOCore

/// What the command line asks for; `Benchmarks/README.md` is the contract.
struct Task {
  enum Workload: String {
    case pingPong = "ping-pong"
    case pipeline
    case pipelineBatched = "pipeline-batched"
    case send
    case sendBatched = "send-batched"
    case receive, setup, idle
  }

  let workload: Workload
  let host: String
  let port: Int
  let isSecure: Bool
  /// Bytes of a message.
  let size: Int
  let count: Int

  init(_ arguments: [String]) {
    guard arguments.count == 5, let size = Int(arguments[3]), let count = Int(arguments[4]), count > 0 else {
      fail("usage: CLIENT WORKLOAD URL SIZE COUNT")
    }
    // NIOWebSocket has no compression, so that those workloads too are unknown.
    guard let workload = Workload(rawValue: arguments[1]) else { exit(3) }
    let parts = arguments[2].split(separator: ":")
    guard parts.count == 3, let port = Int(parts[2]) else { fail("the URL is none") }
    self.workload = workload
    self.isSecure = parts[0] == "wss"
    self.host = String(parts[1].dropFirst(2))
    self.port = port
    self.size = size
    self.count = count
  }

  var path: String {
    switch workload {
    case .send, .sendBatched: "/sink?count=\(count)"
    case .receive: "/source?size=\(size)&count=\(count)"
    default: "/echo"
    }
  }
}

/// Seconds: of the monotonic clock, and of the processor for this process.
struct Moment {
  let clock, user, system: Double

  init() {
    var time = timespec()
    var usage = rusage()
    clock_gettime(CLOCK_MONOTONIC, &time)
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    clock = Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    user = Double(usage.ru_utime.tv_sec) + Double(usage.ru_utime.tv_usec) / 1e6
    system = Double(usage.ru_stime.tv_sec) + Double(usage.ru_stime.tv_usec) / 1e6
  }

  func reportSince() {
    let end = Moment()
    print(
      "{\"seconds\": \(end.clock - clock), \"user\": \(end.user - user), \"system\": \(end.system - system)}")
  }
}

/// Bytes of memory that are this process's alone and written to.
func privateMemory() -> Int {
  guard let file = fopen("/proc/self/smaps_rollup", "r") else { fail("/proc/self/smaps_rollup cannot be read") }
  defer { fclose(file) }
  var bytes = [CChar](repeating: 0, count: 4096)
  let count = fread(&bytes, 1, bytes.count, file)
  let text = String(decoding: bytes.prefix(count).map(UInt8.init(bitPattern:)), as: UTF8.self)
  for line in text.split(separator: "\n") where line.hasPrefix("Private_Dirty:") {
    if let kilobytes = Int(line.split(separator: " ")[1]) { return kilobytes * 1024 }
  }
  fail("/proc/self/smaps_rollup has no Private_Dirty")
}

func fail(_ what: String) -> Never {
  let line = "nio: \(what)\n"
  _ = line.withCString { write(STDERR_FILENO, $0, line.utf8.count) }
  exit(1)
}
