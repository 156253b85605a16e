import Testing
import WebSocketProtocol
import Westwind
import WestwindSockets
import WestwindTestSupport

/// Many threads send on one descriptor: frames never mix, and each thread's come in its order.
@Suite struct ManySendersTests {
  private static let senders = 8
  private static let frames = 250

  /// Text, binary and PING in turn; some run over the transmit buffer, some are empty but for their stamp.
  private static func frame(_ sender: Int, _ number: Int) -> (Opcode, [UInt8]) {
    let stamp = Stamp(sender, number)
    switch (sender + number) % 3 {
    case 0: return (.text, stamp.payload(size: number * 37 % 900))
    case 1: return (.binary, stamp.payload(size: number % 50 == 0 ? 70_000 : number * 91 % 3000))
    default: return (.ping, stamp.payload(size: number % 126))
    }
  }

  @Test(arguments: FaultSetting.Side.allCases)
  func `eight threads send text, binary and pings while one receives the echo`(role: FaultSetting.Side) throws {
    let expectedEcho = (0..<Self.senders).flatMap { sender in
      (0..<Self.frames).filter { Self.frame(sender, $0).0 != .ping }
    }.count
    let (echoed, peer) = try withConnection(as: role) { peer in
      try Self.echo(&peer)
    } _: { ws in
      let senders = ThreadGroup(Self.senders) { sender in
        for number in 0..<Self.frames {
          let (opcode, payload) = Self.frame(sender, number)
          try ws.sendMsg(payload, opcode: opcode, timeout: .seconds(60))
        }
      }
      var book: [Int: Int] = [:]
      for _ in 0..<expectedEcho {
        let message = try ws.receiveMessage(timeout: .seconds(60))
        let stamp = try Stamp(requiredOf: message.binary ?? Array((message.text ?? "").utf8))
        #expect(stamp.number >= book[stamp.sender, default: 0])
        book[stamp.sender] = stamp.number + 1
      }
      _ = try senders.join()
      try websocketDisconnect(ws, code: .normal, timeout: .seconds(30))
      return expectedEcho
    }
    #expect(echoed == expectedEcho)
    #expect(peer.complaints == [])
    #expect(peer.book.next == Dictionary(uniqueKeysWithValues: (0..<Self.senders).map { ($0, Self.frames) }))
    #expect(peer.pongsAreInOrder)
  }

  struct EchoReport: Sendable {
    var book = StampBook()
    var complaints: [String] = []
    var pongsAreInOrder = true
  }

  /// Sends data back, answers PING, sends PINGs of its own, and answers CLOSE.
  static func echo(_ peer: inout RawPeer) throws -> EchoReport {
    var report = EchoReport()
    var (pingsSent, lastPong) = (0, -1)
    for count in 0... {
      let frame = try peer.readFrame()
      switch frame.opcode {
      case RawFrame.pong:
        // Of several PINGs only the newest is answered, so there may be gaps.
        let number = Int(String(decoding: frame.payload, as: UTF8.self)) ?? -1
        if number <= lastPong || number >= pingsSent { report.pongsAreInOrder = false }
        lastPong = number
        continue
      case RawFrame.close:
        try peer.write([frame])
        return report
      case RawFrame.ping:
        try peer.write([RawFrame(RawFrame.pong, frame.payload)])
      default:
        try peer.write([frame])
      }
      if !frame.isFinal { report.complaints.append("\(frame)") }
      if let complaint = report.book.complaint(about: frame.payload) { report.complaints.append(complaint) }
      if count % 5 == 0 {
        try peer.write([RawFrame(RawFrame.ping, Array("\(pingsSent)".utf8))])
        pingsSent += 1
      }
    }
    return report
  }
}
