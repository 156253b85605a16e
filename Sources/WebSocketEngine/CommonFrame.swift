public import WebSocketProtocol
public import WestwindBuffers

// The common case of receiving, in as few steps as can be: a binary frame that is not masked waits whole, and so, very often,
// does the beginning of the next. Every other case takes the long way, by `next`, which does the same for these.
extension ReceiveEngine {
  /// The type of a frame of the common kind: a message in one binary frame.
  @inlinable package static var commonType: MessageType { MessageType(rawValue: 5) }

  /// The header's and the payload's bytes, if the input begins with a frame of the common kind that is not empty.
  @inlinable @inline(__always) package var commonFrame: (header: Int, payload: Int)? {
    guard let word = input.firstWord, let (header, payload) = rules.wholeBinary(word), payload > 0 else { return nil }
    return (header, payload)
  }

  /// The same, if all of the payload waits.
  @inlinable @inline(__always) package var wholeFrame: (header: Int, payload: Int)? {
    guard let frame = commonFrame, frame.header + frame.payload <= input.count else { return nil }
    return frame
  }

  /// The payload's bytes and type of the frame under way, if it is of the common kind and all of it waits.
  @inlinable @inline(__always) package var wholePayload: (count: Int, type: MessageType)? {
    guard stage == .data, isPlain, frame.key == nil, frame.type.contains(.binary), frame.remaining > 0,
      frame.remaining <= UInt64(input.count)
    else { return nil }
    return (Int(frame.remaining), frame.type)
  }

  /// Nothing is under way and nothing waits.
  @inlinable @inline(__always) package var isIdle: Bool { stage == .header && isPlain && input.isEmpty }

  /// More of a data frame waits, or nothing does: what `next` would say is known.
  @inlinable @inline(__always) package var isBetweenReads: Bool {
    isPlain && (stage == .data ? !input.isEmpty : stage == .header && input.isEmpty)
  }

  /// Begins a message in one binary frame, masked or not as the peer's role has it, some of whose payload waits.
  ///
  /// - Returns: false if something else waits; nothing has been done then.
  @inlinable @inline(__always) mutating func beginBinary() -> Bool {
    guard let word = input.firstWord else { return false }
    let (header, payload): (Int, Int)
    var key: MaskingKey?
    if let found = rules.maskedBinary(word) {
      (header, payload, key) = found
    } else if let found = rules.wholeBinary(word) {
      (header, payload) = found
    } else {
      return false
    }
    guard payload > 0 else { return false }
    input.drop(header)
    frame = Frame(type: Self.commonType, key: key, remaining: UInt64(payload))
    stage = .data
    frames &+= 1
    return true
  }

  /// Begins a frame of the common kind.
  ///
  /// - Returns: its header's and its payload's bytes; nil if what waits does not begin with such a header and some of its
  ///   payload.
  @inlinable @inline(__always) package mutating func beginCommon() -> (header: Int, payload: Int)? {
    guard let (header, payload) = commonFrame else { return nil }
    input.drop(header)
    frame = Frame(type: Self.commonType, key: nil, remaining: UInt64(payload))
    stage = .data
    frames &+= 1
    return (header, payload)
  }

  /// Takes off the payload of the frame under way, all of which waits.
  @inlinable @inline(__always) package mutating func takeWhole(_ count: Int) {
    input.drop(count)
    bytes &+= UInt64(count)
    stage = .header
  }

  /// Takes off a whole frame that `wholeFrame` has found. Its type is `commonType`, whatever the frame before it was.
  @inlinable @inline(__always) package mutating func takeNextWhole(header: Int, payload: Int) {
    input.drop(header + payload)
    frames &+= 1
    bytes &+= UInt64(payload)
  }
}
