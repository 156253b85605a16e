import Glibc

/// A proxy that was not written here, running as a child of the test.
public struct RealProxy {
  public enum Kind: Sendable {
    case tinyproxy
    case microsocks

    public var program: String? {
      switch self {
      case .tinyproxy: Tool.find("tinyproxy")
      case .microsocks: Tool.find("microsocks")
      }
    }
  }

  public let process: ChildProcess
  public let port: UInt16
  private let file: String

  /// Starts it on a loopback port, for the user `me` with the password `word`.
  ///
  /// Neither can let the kernel choose the port. Between our asking for a free one and its listening another process
  /// may take it; it then ends, and we try again.
  ///
  /// - Parameter wantsLogin: false lets microsocks take whoever comes.
  public init(_ kind: Kind, wantsLogin: Bool = true) throws(TestSupportError) {
    guard let program = kind.program else {
      throw TestSupportError("\(kind) is not installed; run Scripts/prepare --tests")
    }
    file = "/tmp/westwind-\(kind)-\(getpid()).conf"
    for _ in 1...10 {
      let port = try freePort()
      let arguments: [String]
      switch kind {
      case .tinyproxy:
        guard let configuration = fopen(file, "w") else { throw TestSupportError("cannot write \(file)") }
        fputs("Port \(port)\nListen 127.0.0.1\nTimeout 60\nMaxClients 10\nBasicAuth me word\n", configuration)
        fclose(configuration)
        arguments = ["-d", "-c", file]
      case .microsocks:
        arguments = ["-i", "127.0.0.1", "-p", "\(port)"] + (wantsLogin ? ["-u", "me", "-P", "word"] : [])
      }
      let process = try ChildProcess(program, arguments, standardError: .discarded)
      let deadline = ContinuousClock.now + .seconds(10)
      while process.exitStatus() == nil, .now < deadline {
        if isListening(port), (try? process.waitForExit(timeout: .milliseconds(50))) == nil {
          self.process = process
          self.port = port
          return
        }
      }
      process.terminate()
    }
    throw TestSupportError("\(kind) does not start")
  }

  public func stop() {
    process.terminate()
    unlink(file)
  }
}
