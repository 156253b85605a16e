import Testing
import WebSocketProtocol
import Westwind
import WestwindSockets
import WestwindTestSupport

/// One thread sends messages in fragments while others send.
@Suite struct FragmentedSenderTests {
  private static let messages = 60
  private static let fragments = 5

  @Test(arguments: FaultSetting.Side.allCases)
  func `control frames of other threads go between fragments, and messages do not`(role: FaultSetting.Side) throws {
    let (refused, report) = try withConnection(as: role) { peer in
      try Self.collect(&peer)
    } _: { ws in
      let threads = ThreadGroup(8) { sender in
        switch sender {
        case 0: try Self.sendFragmented(ws)
        case 1: try Self.sendWhole(ws, sender)
        default: try Self.sendPings(ws, sender)
        }
      }
      let refused = try threads.join().reduce(0, +)
      try websocketDisconnect(ws, code: .normal, timeout: .seconds(30))
      return refused
    }
    #expect(refused >= 0)
    #expect(report.complaints == [])
    #expect(report.fragmented.next == [0: Self.messages])
    #expect(report.whole.next == [1: Self.messages])
    #expect(report.pings.next == Dictionary(uniqueKeysWithValues: (2..<8).map { ($0, Self.messages) }))
  }

  private static func sendFragmented(_ ws: WebSocketDescriptor) throws -> Int {
    for number in 0..<messages {
      let payload = Stamp(0, number).payload(size: 2000)
      let step = payload.count / fragments
      for i in 0..<fragments {
        let part = Array(payload[(i * step)..<(i == fragments - 1 ? payload.count : (i + 1) * step)])
        // The first fragment has to wait for its turn: another thread's message is never left open, so it comes.
        try ws.sendMsg(
          part, opcode: i == 0 ? .text : .continuation, final: i == fragments - 1, timeout: .seconds(60))
      }
    }
    return 0
  }

  /// Sends whole messages, each as often as it is refused. Returns how often.
  private static func sendWhole(_ ws: WebSocketDescriptor, _ sender: Int) throws -> Int {
    var refused = 0
    var number = 0
    while number < messages {
      do throws(WebSocketError) {
        try ws.sendMsg(Stamp(sender, number).payload(size: 300), opcode: .binary, timeout: .seconds(60))
        number += 1
      } catch {
        guard case .invalidArgument(.frame(.messageInsideMessage)) = error else { throw error }
        refused += 1
      }
    }
    return refused
  }

  private static func sendPings(_ ws: WebSocketDescriptor, _ sender: Int) throws -> Int {
    for number in 0..<messages {
      try ws.sendMsg(Stamp(sender, number).payload(size: 100), opcode: .ping, timeout: .seconds(60))
    }
    return 0
  }

  private struct Report: Sendable {
    var fragmented = StampBook()
    var whole = StampBook()
    var pings = StampBook()
    var complaints: [String] = []
  }

  private static func collect(_ peer: inout RawPeer) throws -> Report {
    var report = Report()
    var open: [UInt8]?
    while true {
      let frame = try peer.readFrame()
      var complaint: String?
      switch frame.opcode {
      case RawFrame.close:
        try peer.write([frame])
        return report
      case RawFrame.ping:
        complaint = report.pings.complaint(about: frame.payload)
      case RawFrame.text:
        if open != nil || frame.isFinal { complaint = "a fragmented message begins at the wrong place" }
        open = frame.payload
      case RawFrame.continuation:
        guard let beginning = open else {
          complaint = "a continuation of nothing"
          break
        }
        open = beginning + frame.payload
        if frame.isFinal {
          complaint = report.fragmented.complaint(about: open!)
          open = nil
        }
      default:
        complaint = open != nil ? "a message inside a message" : report.whole.complaint(about: frame.payload)
      }
      if let complaint { report.complaints.append(complaint) }
    }
  }
}
