import SystemPackage
import WestwindSockets
import WestwindTLS
import WestwindTestSupport
import WestwindTesting

/// One session over a socket that fails as it is told, and what came of it.
///
/// The side under test shakes hands, sends a message, receives one, says that it is through, reads the peer's end, and
/// closes.
struct FaultSession {
  enum Role: Int, Codable, Sendable, CaseIterable {
    case client
    case server
  }

  enum Failure: Error, Equatable {
    case tls(TLSError)
    case socket(Errno)
  }

  struct Outcome {
    var received: [UInt8] = []
    var failure: Failure?
    /// What the peer got, and what it ended with.
    var peerReceived: [UInt8] = []
    var peerFailure: Failure?
    /// Operations made on the socket that fails.
    var operations = 0
  }

  static let question = pattern(size: 40_000, seed: 1)
  static let answer = pattern(size: 50_000, seed: 2)

  let role: Role
  let version: TLSVersion

  func run(_ script: ScriptedSocket.Script) throws -> Outcome {
    let (near, far) = try SocketDescriptor.pair()
    let (below, scripted) = try ScriptedSocket.make(over: near, script: script)
    let peer = BlockingThread { converse(over: far, as: role == .client ? .server : .client, isAsking: false) }
    let mine = converse(over: below, as: role, isAsking: true)
    try below.close()
    try near.close()
    let theirs = try peer.join()
    try far.close()
    return Outcome(
      received: mine.received, failure: mine.failure, peerReceived: theirs.received, peerFailure: theirs.failure,
      operations: scripted.operationCount)
  }

  private func converse(
    over socket: SocketDescriptor, as role: Role, isAsking: Bool
  ) -> (received: [UInt8], failure: Failure?) {
    var received: [UInt8] = []
    do {
      let tls: SocketDescriptor
      switch role {
      case .client:
        var options = try Standard.client()
        options.minimumVersion = version
        options.maximumVersion = version
        tls = try tlsConnect(socket, options, timeout: .seconds(30))
      case .server:
        tls = try tlsAccept(socket, Standard.server(), timeout: .seconds(30))
      }
      defer { try? tls.close() }
      if isAsking { try send(Self.question, to: tls) }
      // One more than there is: up to the end of the stream.
      let expected = isAsking ? Self.answer.count : Self.question.count
      while received.count < expected {
        let part = try tls.recv(maxCount: expected - received.count, timeout: .seconds(30))
        if part.isEmpty { return (received, nil) }
        received += part
      }
      if !isAsking { try send(Self.answer, to: tls) }
      try tls.shutdown(.write)
      received += try tls.recv(maxCount: 1, timeout: .seconds(30))
      return (received, nil)
    } catch let error as TLSError {
      return (received, .tls(error))
    } catch {
      return (received, .socket(error as? Errno ?? .ioError))
    }
  }

  private func send(_ bytes: [UInt8], to tls: SocketDescriptor) throws {
    guard try tls.send(bytes, timeout: .seconds(30)) == bytes.count else { throw Errno.noMessage }
  }
}
