import PerMessageDeflate
import SystemPackage
import Testing
import WebSocketProtocol
import Westwind
import WestwindSockets
import WestwindTestPeer
import WestwindTestSupport

/// What a program sees of a peer that breaks a rule, through the descriptor: the error and its number, the code that the peer is
/// sent, and the end of every call. Which rules there are is tested on the engine.
struct BrokenPeerTests {
  struct Row: Sendable, CustomTestStringConvertible {
    var name: String
    var bytes: [UInt8]
    var violation: ProtocolViolation
    var code: UInt16
    var compression: PerMessageDeflateParameters?

    var testDescription: String { name }

    init(_ name: String, _ bytes: [UInt8], _ violation: ProtocolViolation, _ code: UInt16, compressed: Bool = false) {
      self.name = name
      self.bytes = bytes
      self.violation = violation
      self.code = code
      compression = compressed ? PerMessageDeflateParameters() : nil
    }
  }

  static let rows = [
    Row("reserved bits", Frame(.binary, [1], reservedBits: 2).bytes, .reservedBits(2), 1002),
    Row("reserved opcode", [0x83, 0], .reservedOpcode(3), 1002),
    Row("masked by a server", Frame(.binary, [1], key: .sample).bytes, .maskedByServer, 1002),
    Row("control frame in fragments", [0x09, 0], .fragmentedControlFrame, 1002),
    Row("control frame of 126 bytes", [0x89, 126, 0, 126], .oversizeControlFrame(126), 1002),
    Row("continuation of nothing", Frame(.continuation, [1]).bytes, .continuationWithoutMessage, 1002),
    Row(
      "message inside a message", Frame(.binary, [], isFinal: false).bytes + Frame(.text).bytes,
      .messageInsideMessage, 1002),
    Row("long form of a short length", [0x82, 126, 0, 5], .lengthNotMinimal, 1002),
    Row("length with its top bit", [0x82, 127, 0x80, 0, 0, 0, 0, 0, 0, 0], .lengthTopBitSet, 1002),
    Row("text that is not UTF-8", Frame(.text, [0xFF]).bytes, .textNotUTF8, 1007),
    Row("close reason that is not UTF-8", Frame(.close, [3, 0xE8, 0xFF]).bytes, .closeReasonNotUTF8, 1007),
    Row("close body of one byte", Frame(.close, [3]).bytes, .closeBodyOfOneByte, 1002),
    Row("close code that may not be sent", Frame(.close, [3, 0xED]).bytes, .closeCodeNotAllowed(1005), 1002),
    Row(
      "payload that does not inflate", Frame(.binary, [0xFF, 0xFF, 0xFF], reservedBits: 4).bytes, .notInflatable, 1007,
      compressed: true),
  ]

  enum Call: CaseIterable, Sendable { case recvMsg, receiveMessage, withReceivedFrame, peekMsg, recv }

  private static func receive(_ call: Call, _ ws: WebSocketDescriptor) throws {
    switch call {
    case .recvMsg: while true { _ = try ws.recvMsg(maxCount: 10, timeout: patience) }
    case .receiveMessage: while true { _ = try ws.receiveMessage(timeout: patience) }
    case .withReceivedFrame: while true { try ws.withReceivedFrame(timeout: patience) { _, _ in } }
    case .peekMsg:
      while true {
        _ = try ws.peekMsg(timeout: patience)
        _ = try ws.recvMsg(maxCount: 10, timeout: patience)
      }
    case .recv:
      while !(try ws.descriptor.recv(maxCount: 10, timeout: patience)).isEmpty {}
    }
  }

  @Test(arguments: rows, Call.allCases)
  func `a violation is told with its number, the peer its code, and every call ends`(row: Row, call: Call) throws {
    let (socket, peer) = try memoryPair()
    let server = BlockingThread {
      let extensions = row.compression == nil ? [] : ["Sec-WebSocket-Extensions: permessage-deflate"]
      try peer.write(response(try peer.readHead().acceptanceLines + extensions))
    }
    var request = WebSocketRequest(host: "a", url: "/")
    request.options.compression = row.compression == nil ? nil : PerMessageDeflateOptions()
    let ws = try websocketConnect(socket, request, timeout: patience)
    try server.join()
    try peer.write(row.bytes)
    if call == .recv {
      #expect(throws: Errno(rawValue: 71)) { try Self.receive(call, ws) }
    } else {
      let error = failure { try Self.receive(call, ws) }
      #expect(error == .protocolViolation(row.violation))
      #expect(error?.errno == Errno(rawValue: 71))
    }
    #expect(try peer.readFrame().unmasked.closeCode == row.code)
    #expect(failure { try ws.recvMsg(maxCount: 1, timeout: patience) }?.errno == .socketNotConnected)
    #expect(failure { try ws.receiveMessage(timeout: patience) }?.errno == .socketNotConnected)
    #expect(failure { try ws.sendMsg("x", timeout: patience) } != nil)
    try websocketDisconnect(ws, timeout: .immediate)
    try socket.close()
    peer.close()
  }

  @Test(arguments: [true, false])
  func `Field defect 16: a message over the limit of a call, or of the option, is EMSGSIZE, 1009, and the end`(
    isOption: Bool
  ) throws {
    try withSession(over: .memory, options: options { if isOption { $0.maxMessageSize = 3 } }) { session in
      try session.write(Frame(.binary, [1, 2, 3], isFinal: false), Frame(.continuation, [4]))
      let error = failure {
        isOption
          ? try session.ws.receiveMessage(timeout: patience)
          : try session.ws.receiveMessage(maxSize: 3, timeout: patience)
      }
      #expect(error == .messageTooBig(limit: 3))
      #expect(error?.errno == .messageTooLong)
      #expect(try session.peer.readFrame().unmasked.closeCode == 1009)
      #expect(failure { try session.ws.receiveMessage(timeout: patience) }?.errno == .socketNotConnected)
      #expect(failure { try session.ws.recvMsg(maxCount: 1, timeout: patience) }?.errno == .socketNotConnected)
      #expect(failure { try session.ws.sendMsg("x", timeout: patience) } != nil)
    }
  }

  @Test func `peekMsg tells type and rest, and takes nothing`() throws {
    try withSession(over: .memory) { session in
      try session.write(Frame(.text, "abc".bytes, isFinal: false), Frame(.continuation, "d".bytes))
      for _ in 0..<2 {
        let next = try session.ws.peekMsg(timeout: patience)
        #expect(next == ReceivedMessage(count: 0, type: .text, remaining: 3))
      }
      _ = try session.ws.recvMsg(maxCount: 2, timeout: patience)
      #expect(try session.ws.peekMsg(timeout: patience).remaining == 1)
      _ = try session.ws.recvMsg(maxCount: 2, timeout: patience)
      let last = try session.ws.peekMsg(timeout: patience)
      #expect(last == ReceivedMessage(count: 0, type: [.text, .continuation, .final], remaining: 1))
    }
  }
}
