import ArgumentParser
import Westwind
import WestwindMQTT

/// Where the broker is, as the user wrote it.
struct BrokerURL: Sendable {
  let mqtt: MQTTURL
  /// Nil where MQTT goes over TCP or TLS.
  let webSocket: WebSocketURL?
  /// For messages: without user and password.
  let description: String

  /// For `@Option(transform:)`: the sentence of a refusal reaches the user as it stands.
  static func argument(_ text: String) throws -> BrokerURL {
    do {
      return try BrokerURL(text)
    } catch {
      throw ValidationError("\(error)")
    }
  }

  private init(_ text: String) throws(ServerURLError) {
    mqtt = try MQTTURL(text)
    // `MQTTURL` has taken it, so where this does not it is no WebSocket's.
    webSocket = try? WebSocketURL(text)
    let scheme = text.prefix { $0 != ":" }
    let authority = text.dropFirst(scheme.count + 3).prefix { $0 != "/" && $0 != "?" }
    let server = authority.lastIndex(of: "@").map { authority[$0...].dropFirst() } ?? authority
    description = webSocket?.description ?? "\(scheme)://\(server)"
  }
}
