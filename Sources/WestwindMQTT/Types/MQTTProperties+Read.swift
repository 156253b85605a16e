public import MQTTProtocol

// What came, as values of its own; `list` has it without copies.

extension MQTTProperties {
  /// The first number with this name; nil where there is none.
  public func integer(_ id: PropertyID) -> UInt32? { list.integer(id) }

  /// The first text with this name; nil where there is none.
  public func text(_ id: PropertyID) -> String? {
    guard let text = list.bytes(id) else { return nil }
    return String(copying: text)
  }

  /// The user properties in their order; names may be there more than once.
  public var userProperties: [(name: String, value: String)] {
    var pairs: [(name: String, value: String)] = []
    var reader = list.makeReader()
    while let property = reader.next() {
      if case .pair(_, let name, let value) = property {
        pairs.append((String(copying: name), String(copying: value)))
      }
    }
    return pairs
  }
}

extension String {
  /// The text of bytes in UTF-8.
  fileprivate init(copying bytes: Span<UInt8>) {
    var copy: [UInt8] = []
    copy.append(addingCapacity: bytes.count) { $0.append(bytes) }
    self.init(decoding: copy, as: UTF8.self)
  }
}
