import WebSocketProtocol
import WestwindTestSupport

extension ScriptedConnection {
  /// Writes an MQTT packet, cut as `framing` says.
  public func write(_ packet: [UInt8]) throws {
    switch framing {
    case .whole: try writePieces([packet])
    case .eachByte: try writePieces(packet.map { [$0] })
    case .threeFrames: try writePieces(thirds(packet))
    case .fragments: try writePieces(thirds(packet), areFragments: true)
    case .joined:
      waiting.append(packet)
      if waiting.count == 3 { try flush() }
    }
  }

  /// Writes what waits to be joined with more.
  public func flush() throws {
    guard !waiting.isEmpty else { return }
    let joined = waiting.flatMap { $0 }
    waiting = []
    try writePieces([joined])
  }

  /// Writes each piece in a frame, or over TCP in a call of its own.
  ///
  /// - Parameter areFragments: the frames are those of one message.
  public func writePieces(_ pieces: [[UInt8]], areFragments: Bool = false) throws {
    guard isWebSocket else {
      for piece in pieces { try writeRaw(piece) }
      return
    }
    for (i, piece) in pieces.enumerated() {
      if pingInterval > 0, frameCount % pingInterval == 0 { try ping() }
      frameCount += 1
      let isFirst = !areFragments || i == 0
      try writeFrame(isFirst ? .binary : .continuation, piece, isFinal: !areFragments || i == pieces.count - 1)
    }
  }

  private func thirds(_ packet: [UInt8]) -> [[UInt8]] {
    let (one, two) = (packet.count / 3, packet.count * 2 / 3)
    return [Array(packet[..<one]), Array(packet[one..<two]), Array(packet[two...])]
  }
}
