internal import WestwindPlatform

/// The events of `poll(2)`.
public struct PollEvents: OptionSet, Sendable, Hashable {
  public let rawValue: CShort

  public init(rawValue: CShort) {
    self.rawValue = rawValue
  }

  public static var readable: PollEvents { PollEvents(rawValue: CShort(POLLIN)) }
  public static var writable: PollEvents { PollEvents(rawValue: CShort(POLLOUT)) }
  public static var error: PollEvents { PollEvents(rawValue: CShort(POLLERR)) }
  public static var hangUp: PollEvents { PollEvents(rawValue: CShort(POLLHUP)) }
  public static var invalid: PollEvents { PollEvents(rawValue: CShort(POLLNVAL)) }
}

/// One descriptor to wait for.
public struct PollEntry: Sendable, Hashable {
  public var descriptor: SocketDescriptor
  /// What to wait for. `error`, `hangUp` and `invalid` are always told of a kernel socket; of a layer over one they
  /// are told as `readable`, and the next receiving call says what it is.
  public var events: PollEvents
  /// What `poll` found.
  public var returned: PollEvents = []

  public init(_ descriptor: SocketDescriptor, _ events: PollEvents) {
    self.descriptor = descriptor
    self.events = events
  }
}
