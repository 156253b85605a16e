import Testing
import WebSocketProtocol
import Westwind
import WestwindSockets
import WestwindTestSupport

/// Two threads receive on one descriptor: every message comes to one of them, whole.
@Suite struct TwoReadersTests {
  enum Reading: Sendable, CaseIterable {
    case recvMsg
    case receiveMessage
    case borrowedFrames
  }

  private static let messages = 1500

  @Test(arguments: Reading.allCases, FaultSetting.Side.allCases)
  func `every message comes to one of two readers`(reading: Reading, role: FaultSetting.Side) throws {
    let (numbers, _) = try withConnection(as: role) { peer in
      for start in stride(from: 0, to: Self.messages, by: 10) {
        let frames = (start..<(start + 10)).flatMap { Self.frames(of: $0, fragmented: reading == .receiveMessage) }
        try peer.write(frames + [RawFrame(RawFrame.ping, [])])
      }
      try peer.write([RawFrame(RawFrame.close, [3, 232])])
      _ = try peer.readToEnd()
    } _: { ws in
      let readers = ThreadGroup(2) { _ in try Self.read(ws, reading) }
      return try readers.join()
    }
    for reader in numbers { #expect(zip(reader, reader.dropFirst()).allSatisfy { $0 < $1 }) }
    #expect((numbers[0] + numbers[1]).sorted() == Array(0..<Self.messages))
  }

  private static func frames(of number: Int, fragmented: Bool) -> [RawFrame] {
    let payload = Stamp(0, number).payload(size: 20 + number % 300)
    guard fragmented else { return [RawFrame(RawFrame.binary, payload)] }
    return [
      RawFrame(RawFrame.binary, Array(payload[..<10]), isFinal: false), RawFrame(RawFrame.ping, [1]),
      RawFrame(RawFrame.continuation, Array(payload[10...])),
    ]
  }

  /// Reads until the end, and returns the numbers that came.
  private static func read(_ ws: WebSocketDescriptor, _ reading: Reading) throws -> [Int] {
    var numbers: [Int] = []
    while let payload = try readOne(ws, reading) {
      numbers.append(try Stamp(requiredOf: payload).number)
    }
    return numbers
  }

  /// Nil at the end: CLOSE comes to one reader, and the other finds the connection ended.
  private static func readOne(_ ws: WebSocketDescriptor, _ reading: Reading) throws -> [UInt8]? {
    do throws(WebSocketError) {
      switch reading {
      case .recvMsg:
        let (message, payload) = try ws.recvMsg(maxCount: 1000, timeout: .seconds(60))
        return message.isClose ? nil : payload
      case .receiveMessage:
        return try ws.receiveMessage(timeout: .seconds(60)).binary
      case .borrowedFrames:
        return try ws.withReceivedFrame(timeout: .seconds(60)) { (message, payload) throws(WebSocketError) in
          message.isClose ? nil : payload.withUnsafeBytes { Array($0) }
        }
      }
    } catch {
      if case .notConnected = error { return nil }
      throw error
    }
  }
}
