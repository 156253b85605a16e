/// Which end of the connection this is: it decides who masks (RFC 6455 5.1).
public enum Role: Sendable, Hashable {
  case client
  case server

  /// A client masks every frame it sends; a server masks none.
  public var sendsMasked: Bool { self == .client }
}
