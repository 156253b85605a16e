import BenchmarkSupport

/// The server of Benchmarks/server, on the first processor, for as long as this object lives.
struct NeutralServer {
  private let process: ChildProcess
  let port: UInt16
  let securePort: UInt16

  init(_ program: String) throws {
    let child = try ChildProcess.pinned(toProcessor: 0, program, [])
    process = child
    func readPort(_ scheme: String) throws -> UInt16 {
      let words = try child.readLine()?.split(separator: " ") ?? []
      guard words.first == scheme[...], let number = words.last.flatMap({ UInt16($0) }) else {
        throw BenchError("the server does not say its port for \(scheme)")
      }
      return number
    }
    self.port = try readPort("ws")
    securePort = try readPort("wss")
  }

  func stop() { _ = process.terminate() }
}
