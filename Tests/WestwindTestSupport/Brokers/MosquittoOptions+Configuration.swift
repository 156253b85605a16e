extension MosquittoOptions {
  /// The text of mosquitto.conf.
  ///
  /// - Parameters:
  ///   - folder: where its files are: `server.pem`, `server.key`, `passwords`, and the store.
  ///   - ports: a number for each transport.
  func configuration(folder: String, ports: [BrokerTransport: HeldPort]) -> String {
    var lines = [
      // root's mosquitto would become another user, who may not read the folder
      "user root",
      "per_listener_settings false",
      "allow_anonymous \(passwords.isEmpty)",
      "log_dest file \(folder)/\(Mosquitto.logName)",
      "sys_interval 0",
      "set_tcp_nodelay true",
      "retain_available \(retainAvailable)",
      "persistence \(isPersistent)",
      "persistence_location \(folder)/",
    ]
    if !passwords.isEmpty { lines.append("password_file \(folder)/passwords") }
    lines += (logsPackets ? ["all"] : ["error", "warning", "notice", "information"]).map { "log_type \($0)" }
    func add(_ name: String, _ value: Int?) {
      if let value { lines.append("\(name) \(value)") }
    }
    add("max_inflight_messages", maxInflightMessages)
    add("max_queued_messages", maxQueuedMessages)
    add("max_keepalive", maxKeepAlive)
    add("message_size_limit", messageSizeLimit)
    add("max_packet_size", maxPacketSize)
    lines += general
    for (transport, port) in ports.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
      lines.append("listener \(port.number) 127.0.0.1")
      add("max_topic_alias", maxTopicAlias)
      add("max_qos", maxQoS)
      if transport.isWebSocket { lines.append("protocol websockets") }
      guard transport.isSecure else { continue }
      lines += ["certfile \(folder)/server.pem", "keyfile \(folder)/server.key"]
      if requiresCertificate { lines += ["cafile \(folder)/server.pem", "require_certificate true"] }
    }
    return lines.joined(separator: "\n") + "\n"
  }
}
