import ArgumentParser
import MQTTProtocol
import WestwindMQTT

/// A property as the user wrote it: `name=value`.
struct PropertyArgument: Sendable {
  let id: PropertyID
  private let value: String

  /// For `@Option(transform:)`.
  init(argument: String) throws {
    let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2 else { throw ValidationError("write it as name=value") }
    guard let id = PropertyID(hyphenated: String(parts[0])) else {
      throw ValidationError("no property is called '\(parts[0])'; content-type and user-property are")
    }
    self.id = id
    value = String(parts[1])
  }

  /// The first of some packets that this property may stand in; nil where none is, or where the client sets it itself.
  func place(among places: [PropertyPlace]) -> PropertyPlace? {
    guard !PropertyArgument.clients.contains(id), let definition = PropertyDefinition(id) else { return nil }
    return places.first { definition.places.contains($0) }
  }

  /// What the client says of itself, by flags of its own, and what would begin an exchange that this program cannot have.
  private static let clients: [PropertyID] = [
    .topicAlias, .topicAliasMaximum, .receiveMaximum, .maximumPacketSize, .sessionExpiryInterval,
    .authenticationMethod, .authenticationData,
  ]

  func append(to properties: inout MQTTProperties) throws {
    do {
      switch PropertyDefinition(id)?.kind {
      case .text, .binary: try properties.append(id, value)
      case .textPair:
        let parts = value.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2 else { throw ValidationError("--property user-property must be name:value") }
        try properties.appendUserProperty(name: String(parts[0]), value: String(parts[1]))
      default:
        guard let number = UInt32(value) else {
          throw ValidationError("--property \(id.hyphenated ?? "") must be a number")
        }
        try properties.append(id, number)
      }
    } catch MQTTError.invalidArgument(.property(let mistake)) {
      let reason =
        if case .tooLong = mistake { "its value is longer than 65535 bytes" } else { "it cannot have this value" }
      throw ValidationError("--property \(id.hyphenated ?? "")=\(value): \(reason)")
    }
  }
}
