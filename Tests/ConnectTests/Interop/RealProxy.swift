import Glibc
import SocketLayer
import TestSupport

/// A proxy that was not written here, running as a child of the test.
struct RealProxy {
  enum Kind: Sendable {
    case tinyproxy
    case microsocks

    var program: String? {
      switch self {
      case .tinyproxy: Tool.find("tinyproxy")
      case .microsocks: Tool.find("microsocks")
      }
    }
  }

  let process: ChildProcess
  let port: UInt16
  private let file: String

  /// Starts it on a loopback port, for the user `me` with the password `word`.
  ///
  /// Neither can let the kernel choose the port. Between our asking for a free one and its listening another process
  /// may take it; it then ends, and we try again.
  init(_ kind: Kind) throws {
    guard let program = kind.program else {
      throw TestSupportError("\(kind) is not installed; run Scripts/prepare --tests")
    }
    file = "/tmp/westwind-\(kind)-\(getpid()).conf"
    for _ in 1...10 {
      let port = try freePort()
      let process: ChildProcess
      switch kind {
      case .tinyproxy:
        guard let configuration = fopen(file, "w") else { throw TestSupportError("cannot write \(file)") }
        fputs("Port \(port)\nListen 127.0.0.1\nTimeout 60\nMaxClients 10\nBasicAuth me word\n", configuration)
        fclose(configuration)
        process = try ChildProcess(program, ["-d", "-c", file], standardError: .discarded)
      case .microsocks:
        process = try ChildProcess(
          program, ["-i", "127.0.0.1", "-p", "\(port)", "-u", "me", "-P", "word"], standardError: .discarded)
      }
      let deadline = ContinuousClock.now + .seconds(10)
      while process.exitStatus() == nil, .now < deadline {
        if accepts(port), (try? process.waitForExit(timeout: .milliseconds(50))) == nil {
          self.process = process
          self.port = port
          return
        }
      }
      process.terminate()
    }
    throw TestSupportError("\(kind) does not start")
  }

  func stop() {
    process.terminate()
    unlink(file)
  }
}

private func accepts(_ port: UInt16) -> Bool {
  guard let socket = try? SocketDescriptor.open(.ipv4) else { return false }
  defer { try? socket.close() }
  return (try? socket.connect(to: .loopback(port: port), timeout: .seconds(1))) != nil
}
