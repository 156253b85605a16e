import Testing
import WebSocketEngine
import WebSocketProtocol
import WestwindTestSupport

/// Frames that come right behind a head: of a response for a client, of a request for a server.
struct FirstFramesTests {
  static let frames = [
    Frame(.text, "hällo".bytes), Frame(.ping, [1, 2]), Frame(.binary, [UInt8](0..<200), isFinal: false),
    Frame(.continuation, []), Frame(closing: 1001, "bye"),
  ]

  static let head = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n".bytes

  /// Reads the head, and hands over what came behind it.
  private func receiveHead(_ session: Session, in pieces: [[UInt8]]) throws -> [[UInt8]] {
    var reader = HeadReader(limit: 16384)
    for (number, piece) in pieces.enumerated() {
      session.peer.write(piece)
      guard let head = try session.readHead(&reader) else { continue }
      #expect(head == Self.head)
      return Array(pieces[(number + 1)...])
    }
    throw TestSupportError("no head in \(pieces.count) pieces")
  }

  @Test(arguments: Role.all)
  func `Field defect 1: a head and frames behind it may be split at every byte`(role: Role) throws {
    let stream = Self.head + Self.frames.bytes(by: role.other)
    for pieces in [[stream], stream.cutAtEveryByte] + (0...stream.count).map({ stream.cut(at: [$0]) }) {
      let session = Session(role)
      var messages: [Message] = []
      for piece in [[]] + (try receiveHead(session, in: pieces)) {
        session.peer.write(piece)
        while let message = try? session.receiveMessage() { messages.append(message) }
      }
      #expect(messages.count == 3, "\(pieces.map { $0.count })")
      #expect(messages.first?.text == "hällo")
      #expect(messages.dropFirst().first == Message(type: [.binary, .final], payload: [UInt8](0..<200)))
      #expect(messages.last?.isClose == true)
      #expect(session.closeStatus == CloseStatus(code: .goingAway, reason: "bye"))
      #expect(
        try Frame.all(in: session.peer.readAvailable()).map { $0.unmasked } == [
          Frame(.pong, [1, 2]), Frame(closing: 1001),
        ])
    }
  }

  @Test(arguments: Role.all)
  func `a violation behind a head is an error of the first receive, not of the handshake`(role: Role) throws {
    let session = Session(role)
    let stream = Self.head + session.bytes(Frame(.continuation))
    #expect(try receiveHead(session, in: [stream]).isEmpty)
    #expect(session.peer.readAvailable() == [])
    #expect(failure { try session.recvMsg(maxCount: 10) } == .violation(.continuationWithoutMessage))
    #expect(try session.peer.readFrame().closeCode == 1002)
  }
}
