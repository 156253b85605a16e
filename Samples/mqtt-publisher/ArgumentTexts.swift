import ArgumentParser
import MQTTProtocol

// For `@Option(transform:)`.

extension MQTTVersion {
  static func argument(_ text: String) throws -> MQTTVersion {
    switch text {
    case "3.1.1", "3", "4": .mqtt311
    case "5.0", "5": .mqtt5
    default: throw ValidationError("write 3.1.1 or 5.0")
    }
  }

  var name: String { self == .mqtt5 ? "5.0" : "3.1.1" }
}

extension QoS {
  static func argument(_ text: String) throws -> QoS {
    guard let qos = UInt8(text).flatMap(QoS.init(rawValue:)) else { throw ValidationError("write 0, 1 or 2") }
    return qos
  }
}
