import WestwindTestSupport

/// The session that every fault is tried in: what goes each way, in which order.
///
/// The steps take turns: the peer writes only when it has read what came before, so a run is the same every time but
/// for the fault. Sizes follow the buffers, so that frames fit them, fill them and run over them.
struct FixedSession: Sendable {
  /// How the side under test reads a step's messages.
  enum Reading: Sendable {
    case recvMsg(room: Int)
    case wholeMessages
    case borrowedFrames
    case socketCall
  }

  enum Step: Sendable {
    /// The side under test sends these, one frame to the call.
    case send([RawFrame])
    /// The same within `withCork`, the first half with `flags: .more` too.
    case sendGathered([RawFrame])
    /// The peer writes these at once, and the side under test reads them.
    case receive([RawFrame], Reading)
  }

  /// A message as its reader has it.
  struct Message: Hashable, Sendable {
    var isText: Bool
    var payload: [UInt8]
  }

  enum Ending: String, Codable, Sendable, CaseIterable {
    /// The side under test disconnects, and the peer answers.
    case disconnect
    /// The peer sends CLOSE, which is answered and delivered.
    case peerCloses
  }

  /// What the peer sends in the segment of its half of the handshake.
  let greeting: [RawFrame]
  let steps: [Step]
  let ending: Ending
  /// All messages that the side under test is to get.
  let expectedMessages: [Message]
  /// All frames that the peer is to get, up to the end.
  let expectedFrames: [RawFrame]

  /// - Parameters:
  ///   - receiveBuffer: the buffer's size that the frames which are received go by.
  ///   - transmitBuffer: the same for those which are sent.
  init(receiveBuffer: Int, transmitBuffer: Int, ending: Ending) {
    self.ending = ending
    greeting = [RawFrame(RawFrame.ping, [1, 2, 3]), RawFrame(RawFrame.text, Array("Grüße".utf8))]
    steps = [
      .receive(greeting, .recvMsg(room: 100)),
      .send([RawFrame(RawFrame.text, Array("水 🌬 west wind".utf8)), .binary(size: 125, seed: 1)]),
      .receive([.binary(size: 125, seed: 2), .text(size: 126, seed: 3)], .recvMsg(room: 50)),
      .send([.binary(size: 126, seed: 4), RawFrame(RawFrame.ping, Array("are you there".utf8))]),
      .receive([RawFrame(RawFrame.pong, Array("are you there".utf8))] + fragments(of: 7, with: [9]), .wholeMessages),
      .send(fragments(of: 8, with: [5, 6])),
      .receive(
        [RawFrame(RawFrame.text, []), .binary(size: receiveBuffer / 2, seed: 10), RawFrame(RawFrame.binary, [])],
        .borrowedFrames),
      .send([.binary(size: transmitBuffer * 16 / 15 + 137, seed: 11)]),
      .receive(
        [.binary(size: receiveBuffer * 16 / 15 + 137, seed: 12), .text(size: 40, seed: 13)],
        .recvMsg(room: 1000)),
      .sendGathered((0..<6).map { .binary(size: 30, seed: 20 + $0) }),
      .receive(
        [.binary(size: receiveBuffer - 4, seed: 14), RawFrame(RawFrame.ping, []), .text(size: 300, seed: 15)],
        .borrowedFrames),
      .receive(fragments(of: 16, with: []), .socketCall),
      .send([RawFrame(RawFrame.text, []), RawFrame(RawFrame.binary, [])]),
    ]
    expectedMessages = steps.flatMap { $0.messagesFromPeer }
    expectedFrames = steps.flatMap { $0.framesFromSide } + [Self.close]
  }

  /// The CLOSE of both ends: 1000 and a reason; its answer echoes the code.
  static let close = RawFrame(RawFrame.close, [0x03, 0xE8])
  static let peersClose = RawFrame(RawFrame.close, [0x03, 0xE8] + Array("done".utf8))
}

extension FixedSession.Step {
  /// What the side under test gets in this step.
  var messagesFromPeer: [FixedSession.Message] {
    if case .receive(let frames, _) = self { frames.messages } else { [] }
  }

  /// What the peer gets in this step: what is sent, or the answers to PINGs.
  var framesFromSide: [RawFrame] {
    switch self {
    case .send(let frames), .sendGathered(let frames): frames
    case .receive(let frames, _):
      frames.filter { $0.opcode == RawFrame.ping }.map { RawFrame(RawFrame.pong, $0.payload) }
    }
  }
}

extension [RawFrame] {
  /// The data frames, joined to messages.
  fileprivate var messages: [FixedSession.Message] {
    var messages: [FixedSession.Message] = []
    for frame in self where !frame.isControl {
      if frame.opcode == RawFrame.continuation {
        messages[messages.count - 1].payload += frame.payload
      } else {
        messages.append(FixedSession.Message(isText: frame.opcode == RawFrame.text, payload: frame.payload))
      }
    }
    return messages
  }
}

extension RawFrame {
  fileprivate static func binary(size: Int, seed: UInt64) -> RawFrame {
    RawFrame(binary, pattern(size: size, seed: seed))
  }

  fileprivate static func text(size: Int, seed: UInt64) -> RawFrame {
    RawFrame(text, Array(textPattern(size: size, seed: seed).utf8))
  }
}

/// A text message in four fragments, cut inside characters, one of them empty, with a PING between them for each of
/// `pings`.
private func fragments(of seed: UInt64, with pings: [UInt8]) -> [RawFrame] {
  let text = Array("→🌬".utf8) + Array(textPattern(size: 90, seed: seed).utf8)
  var frames = [
    RawFrame(RawFrame.text, Array(text[..<1]), isFinal: false),
    RawFrame(RawFrame.continuation, Array(text[1..<5]), isFinal: false),
    RawFrame(RawFrame.continuation, [], isFinal: false),
    RawFrame(RawFrame.continuation, Array(text[5...])),
  ]
  for (i, ping) in pings.enumerated() { frames.insert(RawFrame(RawFrame.ping, [ping]), at: 1 + 2 * i) }
  return frames
}
