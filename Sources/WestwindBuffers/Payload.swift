/// Up to three runs of bytes that are one payload, joined in this order. Nothing is copied to join them.
public struct Payload: ~Escapable {
  public let first: RawSpan
  public let second: RawSpan
  public let third: RawSpan

  @inlinable @inline(__always) @_lifetime(copy first, copy second, copy third)
  public init(_ first: RawSpan, _ second: RawSpan, _ third: RawSpan = RawSpan()) {
    self.first = first
    self.second = second
    self.third = third
  }

  /// A payload in one run.
  @inlinable @inline(__always) @_lifetime(copy bytes)
  public init(_ bytes: RawSpan) {
    first = bytes
    second = RawSpan()
    third = RawSpan()
  }

  @inlinable @_lifetime(immortal) public init() {
    first = RawSpan()
    second = RawSpan()
    third = RawSpan()
  }

  @inlinable @inline(__always) public var byteCount: Int { first.byteCount + second.byteCount + third.byteCount }
  @inlinable @inline(__always) public var isEmpty: Bool { byteCount == 0 }
  /// All bytes are in the first run.
  @inlinable @inline(__always) public var isOneRun: Bool { second.isEmpty && third.isEmpty }

  /// The run with this number, 0 to 2.
  @inlinable @_lifetime(copy self)
  public func run(_ index: Int) -> RawSpan { index == 0 ? first : index == 1 ? second : third }

  /// Everything behind the first `count` bytes.
  @inlinable @_lifetime(copy self)
  public func dropping(first count: Int) -> Payload {
    guard count > 0 else { return self }
    return Payload(
      first.dropping(first: count), second.dropping(first: count - first.byteCount),
      third.dropping(first: count - first.byteCount - second.byteCount))
  }

  /// The first `count` bytes; all if there are fewer.
  @inlinable @_lifetime(copy self)
  public func prefix(_ count: Int) -> Payload {
    Payload(
      first.extracting(first: max(0, count)), second.extracting(first: max(0, count - first.byteCount)),
      third.extracting(first: max(0, count - first.byteCount - second.byteCount)))
  }

  /// Puts other bytes in front. If there are any, the third run is left out.
  @inlinable @_lifetime(copy self, copy bytes)
  package func preceded(by bytes: RawSpan) -> Payload {
    bytes.isEmpty ? self : Payload(bytes, first, second)
  }

  public subscript(index: Int) -> UInt8 {
    if index < first.byteCount { return first.byte(index) }
    let behindFirst = index - first.byteCount
    if behindFirst < second.byteCount { return second.byte(behindFirst) }
    return third.byte(behindFirst - second.byteCount)
  }
}

extension RawSpan {
  /// Sound: any byte is a UInt8, and the load checks the index.
  fileprivate func byte(_ index: Int) -> UInt8 { unsafe unsafeLoad(fromByteOffset: index, as: UInt8.self) }
}

extension RawSpan {
  /// Everything behind the first `count` bytes: all of it if `count` is negative, nothing if there are fewer.
  @inlinable @_lifetime(copy self)
  public func dropping(first count: Int) -> RawSpan { extracting(min(max(0, count), byteCount)..<byteCount) }
}
