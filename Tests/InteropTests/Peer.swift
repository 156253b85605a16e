import PerMessageDeflate
import SocketLayer
import TestSupport

/// An echo server that was not written here, running as a child of the test.
struct Peer {
  /// The servers that the tests know, and whether this machine has them.
  enum Kind: String, Codable, Sendable {
    case websockets
    case libwebsockets
    case websocketd

    var isInstalled: Bool { program != nil }

    /// The program to start.
    fileprivate var program: String? {
      switch self {
      case .websockets: peerPython
      case .libwebsockets: peerProgram("lws-echo")
      case .websocketd: Tool.find("cat") == nil ? nil : Tool.find("websocketd")
      }
    }
  }

  let process: ChildProcess
  let port: UInt16

  /// Starts a server on a free loopback port and waits until it listens.
  ///
  /// - Parameter compression: what it is to agree to, where it knows of that; nil for none.
  init(_ kind: Kind, compression: PerMessageDeflateParameters? = nil) throws {
    guard let program = kind.program else {
      throw TestSupportError("\(kind) is not installed; run Scripts/prepare --tests")
    }
    switch kind {
    case .websockets:
      self = try Peer(
        printingItsPort: ChildProcess(
          program, [packageRoot + "/Tests/Peers/websockets_echo.py"] + (compression?.arguments ?? [])))
    case .libwebsockets:
      self = try Peer(printingItsPort: ChildProcess(program))
    case .websocketd:
      self = try Peer(websocketd: program)
    }
  }

  /// Ends the server. Throws if it had ended by itself.
  func stop() throws {
    let early = process.exitStatus()
    process.terminate()
    if let early { throw TestSupportError("the peer did not live to the end of the test: \(early)") }
  }

  private init(printingItsPort process: ChildProcess) throws {
    guard let line = try process.readLine(timeout: .seconds(20)), let port = UInt16(line) else {
      throw TestSupportError("the peer printed no port")
    }
    self.process = process
    self.port = port
  }

  // websocketd cannot let the kernel choose the port. Between our asking for a free one and
  // its listening another process may take it; websocketd then ends, and we try again.
  private init(websocketd program: String) throws {
    for _ in 1...10 {
      let port = try freePort()
      let process = try ChildProcess(
        program,
        ["--port=\(port)", "--address=127.0.0.1", "--binary=true", "--loglevel=fatal", "cat"],
        standardError: .discarded)
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
    throw TestSupportError("websocketd does not start")
  }
}

private func accepts(_ port: UInt16) -> Bool {
  guard let socket = try? SocketDescriptor.open(.ipv4) else { return false }
  defer { try? socket.close() }
  return (try? socket.connect(to: .loopback(port: port), timeout: .seconds(1))) != nil
}
