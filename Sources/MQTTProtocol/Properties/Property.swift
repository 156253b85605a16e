/// One property with its value.
public enum Property: ~Escapable {
  /// A number, whatever its form on the wire.
  case integer(PropertyID, UInt32)
  /// Text or binary data.
  case bytes(PropertyID, Span<UInt8>)
  /// A user property.
  case pair(PropertyID, name: Span<UInt8>, value: Span<UInt8>)

  /// Its name.
  public var id: PropertyID {
    switch self {
    case .integer(let id, _): id
    case .bytes(let id, _): id
    case .pair(let id, _, _): id
    }
  }
}
