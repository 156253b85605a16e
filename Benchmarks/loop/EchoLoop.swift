// What a message costs a server that has one thread and one epoll for all of its connections: by the engine, by the bare
// codec, and by the library's descriptors, which take turns.
//
//   Scripts/package Benchmarks run -c release echo-loop
//   Scripts/package Benchmarks run -c release echo-loop --memory        without a kernel, for what the loop does itself
//   valgrind --tool=callgrind echo-loop --memory --turns 1 engine       instructions of it
import ArgumentParser
import Glibc
import WebSocketEngine

extension WayName: ExpressibleByArgument {}

@main struct EchoLoop: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "echo-loop", abstract: "Echoes messages on many connections with one thread.")

  @Argument(help: "codec, engine, descriptors; all if left out.") var names: [WayName] = []
  @Option(help: "Connections of each way.") var connections = 1000
  @Option(help: "Exchanges on each connection in a turn.") var rounds = 50
  @Option(help: "Turns of each way.") var turns = 15
  @Option(help: "Messages that come together on a connection.") var depth = 1
  @Option(help: "Bytes of a message.") var size = 64
  @Flag(help: "No kernel: the same bytes come from memory again and again.") var memory = false

  func validate() throws {
    guard connections > 0, rounds > 0, turns > 0, depth > 0, depth <= 64, size >= 0, size <= 4096 else {
      throw ValidationError("A turn has at least one message, of 4096 bytes at the most; 64 come together at the most.")
    }
  }

  func run() throws {
    raiseFileLimit()
    let names = names.isEmpty ? WayName.allCases.filter { !memory || $0 != .descriptors } : names
    var load = Way.Load(connections: connections, rounds: rounds, depth: depth, size: size)
    load.bufferSize = max(4096, (depth * (size + 14) + 7) & ~7)
    let ways = try names.map { try Way($0, load, inMemory: memory) }
    for turn in 0..<turns {
      // Each is first as often as the others.
      for i in ways.indices { try ways[(i + turn) % ways.count].turn() }
    }
    printSizes()
    print(
      "\(connections) connections, \(size) bytes, \(depth) at a time, \(turns) turns of \(load.messages) messages"
        + (memory ? ", no kernel" : ""))
    print("ns a message: median (least to greatest)")
    let codec = ways.first { $0.name == .codec }
    for way in ways {
      var line = "\(way.name): processor \(spread(way.processor)), clock \(spread(way.clock))"
      if let codec, way !== codec {
        // Of each turn the ratio, and of the ratios the median: the turns differ more than the ways.
        line += ", processor / codec's \(rounded(median(zip(way.processor, codec.processor).map { $0 / $1 })))"
      }
      print(line + ", \(way.memory) heap bytes a connection")
    }
  }

  private func printSizes() {
    print(
      """
      ReceiveEngine \(MemoryLayout<ReceiveEngine>.size) bytes, SendEngine \(MemoryLayout<SendEngine>.size), \
      WebSocketEngine \(MemoryLayout<WebSocketEngine>.size)
      """)
  }
}

private func raiseFileLimit() {
  var limit = rlimit()
  getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
  limit.rlim_cur = limit.rlim_max
  setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
}

private func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }
private func rounded(_ value: Double) -> Double { (value * 1000).rounded() / 1000 }
private func tenths(_ value: Double) -> String { "\((value * 10).rounded() / 10)" }
private func spread(_ values: [Double]) -> String {
  "\(tenths(median(values))) (\(tenths(values.min()!)) to \(tenths(values.max()!)))"
}
