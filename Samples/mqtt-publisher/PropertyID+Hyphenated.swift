import MQTTProtocol

extension PropertyID {
  /// What the specification calls it, as an argument and as a name in JSON: `content-type`, say; nil where it is none.
  var hyphenated: String? {
    name.map { name in String(name.lowercased().map { $0 == " " ? "-" : $0 }) }
  }

  init?(hyphenated name: String) {
    let ids = (UInt8.min...UInt8.max).lazy.map { PropertyID(rawValue: $0) }
    guard let id = ids.first(where: { $0.hyphenated == name }) else { return nil }
    self = id
  }
}
