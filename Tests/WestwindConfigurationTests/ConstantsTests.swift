import Testing
import WestwindConfiguration
import WestwindTestSupport

@Suite("The generated constants")
struct ConstantsTests {
  /// Each constant in the way a configuration file writes it.
  static let constants: [String: String] = [
    "MQTT_AGENT_MESSAGE_MAX": spelled(BuildConfiguration.MQTT_AGENT_MESSAGE_MAX),
    "MQTT_AGENT_QUEUE_BYTES_MAX": spelled(BuildConfiguration.MQTT_AGENT_QUEUE_BYTES_MAX),
    "MQTT_AGENT_QUEUE_MAX": spelled(BuildConfiguration.MQTT_AGENT_QUEUE_MAX),
    "MQTT_AGENT_RECONNECT_MAX_MS": spelled(BuildConfiguration.MQTT_AGENT_RECONNECT_MAX_MS),
    "MQTT_AGENT_RECONNECT_MIN_MS": spelled(BuildConfiguration.MQTT_AGENT_RECONNECT_MIN_MS),
    "MQTT_CLEAN_SESSION": spelled(BuildConfiguration.MQTT_CLEAN_SESSION),
    "MQTT_CONNACK_TIMEOUT_MS": spelled(BuildConfiguration.MQTT_CONNACK_TIMEOUT_MS),
    "MQTT_INCOMING_MAX": spelled(BuildConfiguration.MQTT_INCOMING_MAX),
    "MQTT_IO_BUFFER_SIZE": spelled(BuildConfiguration.MQTT_IO_BUFFER_SIZE),
    "MQTT_KEEPALIVE": spelled(BuildConfiguration.MQTT_KEEPALIVE),
    "MQTT_LIB": spelled(BuildConfiguration.MQTT_LIB),
    "MQTT_LIB_CUSTOM_TRANSPORT": spelled(BuildConfiguration.MQTT_LIB_CUSTOM_TRANSPORT),
    "MQTT_LIB_TLS": spelled(BuildConfiguration.MQTT_LIB_TLS),
    "MQTT_LIB_TLS_USE_ALPN": spelled(BuildConfiguration.MQTT_LIB_TLS_USE_ALPN),
    "MQTT_LIB_WEBSOCKET": spelled(BuildConfiguration.MQTT_LIB_WEBSOCKET),
    "MQTT_OUTGOING_MAX": spelled(BuildConfiguration.MQTT_OUTGOING_MAX),
    "MQTT_PACKET_BUFFER_SIZE": spelled(BuildConfiguration.MQTT_PACKET_BUFFER_SIZE),
    "MQTT_TOPIC_ALIAS_MAX": spelled(BuildConfiguration.MQTT_TOPIC_ALIAS_MAX),
    "MQTT_TOPIC_ALIAS_STRING_MAX": spelled(BuildConfiguration.MQTT_TOPIC_ALIAS_STRING_MAX),
    "MQTT_UNANNOUNCED_RECEIVE_MAX": spelled(BuildConfiguration.MQTT_UNANNOUNCED_RECEIVE_MAX),
    "MQTT_VERSION_3_1_1": spelled(BuildConfiguration.MQTT_VERSION_3_1_1),
    "MQTT_VERSION_5_0": spelled(BuildConfiguration.MQTT_VERSION_5_0),
    "MQTT_WRITE_TIMEOUT_MS": spelled(BuildConfiguration.MQTT_WRITE_TIMEOUT_MS),
    "NET_SOCKETS_SOCKOPT_TLS": spelled(BuildConfiguration.NET_SOCKETS_SOCKOPT_TLS),
    "NET_SOCKETS_TLS_HANDSHAKE_TIMEOUT_MS": spelled(BuildConfiguration.NET_SOCKETS_TLS_HANDSHAKE_TIMEOUT_MS),
    "TLS_CREDENTIALS": spelled(BuildConfiguration.TLS_CREDENTIALS),
    "TLS_MAX_CREDENTIALS_NUMBER": spelled(BuildConfiguration.TLS_MAX_CREDENTIALS_NUMBER),
    "WEBSOCKET_AUTOMATIC_CONTROL_FRAMES": spelled(BuildConfiguration.WEBSOCKET_AUTOMATIC_CONTROL_FRAMES),
    "WEBSOCKET_CLIENT": spelled(BuildConfiguration.WEBSOCKET_CLIENT),
    "WEBSOCKET_CLOSE_TIMEOUT_MS": spelled(BuildConfiguration.WEBSOCKET_CLOSE_TIMEOUT_MS),
    "WEBSOCKET_CONNECT_ATTEMPT_DELAY_MS": spelled(BuildConfiguration.WEBSOCKET_CONNECT_ATTEMPT_DELAY_MS),
    "WEBSOCKET_CONNECT_TIMEOUT_MS": spelled(BuildConfiguration.WEBSOCKET_CONNECT_TIMEOUT_MS),
    "WEBSOCKET_DEFLATE_LEVEL": spelled(BuildConfiguration.WEBSOCKET_DEFLATE_LEVEL),
    "WEBSOCKET_DEFLATE_MEMORY_LEVEL": spelled(BuildConfiguration.WEBSOCKET_DEFLATE_MEMORY_LEVEL),
    "WEBSOCKET_DEFLATE_MINIMUM_SIZE": spelled(BuildConfiguration.WEBSOCKET_DEFLATE_MINIMUM_SIZE),
    "WEBSOCKET_DEFLATE_WINDOW_BITS": spelled(BuildConfiguration.WEBSOCKET_DEFLATE_WINDOW_BITS),
    "WEBSOCKET_HANDSHAKE_TIMEOUT_MS": spelled(BuildConfiguration.WEBSOCKET_HANDSHAKE_TIMEOUT_MS),
    "WEBSOCKET_MAX_CONTEXTS": spelled(BuildConfiguration.WEBSOCKET_MAX_CONTEXTS),
    "WEBSOCKET_MAX_ERROR_BODY_SIZE": spelled(BuildConfiguration.WEBSOCKET_MAX_ERROR_BODY_SIZE),
    "WEBSOCKET_MAX_MESSAGE_SIZE": spelled(BuildConfiguration.WEBSOCKET_MAX_MESSAGE_SIZE),
    "WEBSOCKET_MAX_REDIRECTS": spelled(BuildConfiguration.WEBSOCKET_MAX_REDIRECTS),
    "WEBSOCKET_MAX_RESPONSE_HEAD_SIZE": spelled(BuildConfiguration.WEBSOCKET_MAX_RESPONSE_HEAD_SIZE),
    "WEBSOCKET_PERMESSAGE_DEFLATE": spelled(BuildConfiguration.WEBSOCKET_PERMESSAGE_DEFLATE),
    "WEBSOCKET_PING_INTERVAL_MS": spelled(BuildConfiguration.WEBSOCKET_PING_INTERVAL_MS),
    "WEBSOCKET_PING_TIMEOUT_MS": spelled(BuildConfiguration.WEBSOCKET_PING_TIMEOUT_MS),
    "WEBSOCKET_POOL_BUFFERS": spelled(BuildConfiguration.WEBSOCKET_POOL_BUFFERS),
    "WEBSOCKET_PROXY_FROM_ENVIRONMENT": spelled(BuildConfiguration.WEBSOCKET_PROXY_FROM_ENVIRONMENT),
    "WEBSOCKET_RX_BUFFER_SIZE": spelled(BuildConfiguration.WEBSOCKET_RX_BUFFER_SIZE),
    "WEBSOCKET_SEND_BINARY": spelled(BuildConfiguration.WEBSOCKET_SEND_BINARY),
    "WEBSOCKET_SERVER": spelled(BuildConfiguration.WEBSOCKET_SERVER),
    "WEBSOCKET_TX_BUFFER_SIZE": spelled(BuildConfiguration.WEBSOCKET_TX_BUFFER_SIZE),
  ]

  @Test("They have the values of default.config, or those of .config where it has some")
  func valuesAreThoseOfTheConfiguration() throws {
    var expected = assignments(in: try text(ofFile: "\(packageRoot)/configs/default.config"))
    let own = assignments(in: (try? text(ofFile: "\(packageRoot)/.config")) ?? "")
    expected.merge(own.filter { expected.keys.contains($0.key) }) { _, own in own }
    #expect(Self.constants == expected)
  }

  @Test("Every symbol is used in Sources")
  func everySymbolIsUsed() throws {
    let symbols = assignments(in: try text(ofFile: "\(packageRoot)/configs/default.config")).keys
    let files = try ChildProcess.run(
      try #require(Tool.find("find")), ["\(packageRoot)/Sources", "-name", "*.swift"]
    ).output.split(separator: "\n")

    var used: Set<String> = []
    for file in files where !file.contains("/Sources/WestwindConfiguration/") {
      for line in try text(ofFile: String(file)).split(separator: "\n") {
        // A comment is no use.
        let code = line.prefix(upTo: line.firstRange(of: "//")?.lowerBound ?? line.endIndex)
        for behind in code.split(separator: "BuildConfiguration.", omittingEmptySubsequences: false).dropFirst() {
          used.insert(String(behind.prefix { $0.isLetter || $0.isNumber || $0 == "_" }))
        }
      }
    }
    #expect(Set(symbols).subtracting(used).sorted() == [])
  }
}

private func spelled(_ value: Bool) -> String { value ? "y" : "n" }
private func spelled(_ value: Int) -> String { String(value) }
