internal import Glibc

/// The events of `poll(2)`.
public struct PollEvents: OptionSet, Sendable, Hashable {
  public let rawValue: CShort

  public init(rawValue: CShort) {
    self.rawValue = rawValue
  }

  public static let readable = PollEvents(rawValue: CShort(POLLIN))
  public static let writable = PollEvents(rawValue: CShort(POLLOUT))
  public static let error = PollEvents(rawValue: CShort(POLLERR))
  public static let hangUp = PollEvents(rawValue: CShort(POLLHUP))
  public static let invalid = PollEvents(rawValue: CShort(POLLNVAL))
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
