public import MQTTProtocol

/// Properties of MQTT 5.0 to send, which own their bytes. In 3.1.1 there are none.
///
///     var properties = MQTTProperties()
///     try properties.append(.contentType, "application/json")
///     try properties.append(.messageExpiryInterval, 60)
///     try properties.appendUserProperty(name: "origin", value: "cellar")
///
/// Whether each has its place in the packet is checked when the packet is sent.
public struct MQTTProperties: Sendable, Hashable {
  private(set) var encoded: [UInt8] = []

  public init() {}

  /// Keeps what a packet has.
  public init(copying list: borrowing PropertyList) {
    let count = list.encoded.count
    // appending nothing would still write to the memory that all empty arrays share
    guard count > 0 else { return }
    encoded.append(addingCapacity: count) { $0.append(list.encoded) }
  }

  public var isEmpty: Bool { encoded.isEmpty }

  /// The list as packets take it; a view, valid as long as this is not changed.
  public var list: PropertyList {
    @_lifetime(borrow self) get { PropertyList(encoded: encoded.span) }
  }

  /// Appends a property with a number.
  public mutating func append(_ id: PropertyID, _ value: UInt32) throws(MQTTError) {
    try append(capacity: 5) { (out) throws(PropertyList.AppendError) in
      try PropertyList.append(id, value, to: &out)
    }
  }

  /// Appends a property with text.
  public mutating func append(_ id: PropertyID, _ text: String) throws(MQTTError) {
    try append(id, Array(text.utf8))
  }

  /// Appends a property with binary data, or with text in UTF-8.
  public mutating func append(_ id: PropertyID, _ bytes: [UInt8]) throws(MQTTError) {
    try append(capacity: 3 + bytes.count) { (out) throws(PropertyList.AppendError) in
      try PropertyList.append(id, bytes.span, to: &out)
    }
  }

  /// Appends a user property; there may be any number of them, and of the same name too.
  public mutating func appendUserProperty(name: String, value: String) throws(MQTTError) {
    let (name, value) = (Array(name.utf8), Array(value.utf8))
    try append(capacity: 5 + name.count + value.count) { (out) throws(PropertyList.AppendError) in
      try PropertyList.appendUserProperty(name: name.span, value: value.span, to: &out)
    }
  }

  private mutating func append(
    capacity: Int, _ body: (inout OutputSpan<UInt8>) throws(PropertyList.AppendError) -> Void
  ) throws(MQTTError) {
    do throws(PropertyList.AppendError) {
      try encoded.append(addingCapacity: capacity, initializingWith: body)
    } catch {
      throw .invalidArgument(.property(error))
    }
  }
}
