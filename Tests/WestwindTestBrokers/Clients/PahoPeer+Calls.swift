public import WestwindTestSupport

extension PahoPeer {
  /// Subscribes, and gives back the reason code.
  ///
  /// - Parameter properties: SUBSCRIBE's, by paho's names.
  @discardableResult
  public func subscribe(
    _ filter: String, qos: Int = 2, noLocal: Bool = false, retainAsPublished: Bool = false,
    properties: [String: JSON] = [:]
  ) throws -> Int {
    let answer = try ask(
      "subscribe",
      [
        "filter": .string(filter), "qos": .number(qos), "noLocal": .bool(noLocal),
        "retainAsPublished": .bool(retainAsPublished), "properties": .object(properties),
      ])
    guard let reason = answer["reasons"]?.array?.first?.number, reason < 0x80 else {
      throw TestSupportError("paho could not subscribe: \(answer.text)")
    }
    return reason
  }

  public func unsubscribe(_ filter: String) throws {
    try ask("unsubscribe", ["filter": .string(filter)])
  }

  /// Publishes a text, and returns when the broker has acknowledged it, as far as its QoS asks for that.
  ///
  /// - Parameter properties: PUBLISH's, by paho's names.
  /// - Returns: the reason code of the acknowledgement.
  @discardableResult
  public func publish(
    _ topic: String, _ payload: String, qos: Int = 0, retain: Bool = false, properties: [String: JSON] = [:]
  ) throws -> Int {
    let answer = try ask(
      "publish",
      [
        "topic": .string(topic), "payload": .string(payload), "qos": .number(qos), "retain": .bool(retain),
        "properties": .object(properties),
      ])
    return answer["reason"]?.number ?? -1
  }

  /// Publishes a payload with a number behind it, from 0 on, `count` times.
  public func publish(_ topic: String, _ payload: String, count: Int, qos: Int = 0) throws {
    try ask(
      "publish",
      ["topic": .string(topic), "payload": .string(payload), "qos": .number(qos), "count": .number(count)],
      timeout: .seconds(120))
  }

  /// Publishes bytes.
  public func publish(_ topic: String, _ payload: [UInt8], qos: Int = 0, retain: Bool = false) throws {
    let file = try TemporaryFolder("payload")
    defer { file.remove() }
    let path = try file.write(payload, to: "payload")
    try ask(
      "publish", ["topic": .string(topic), "file": .string(path), "qos": .number(qos), "retain": .bool(retain)],
      timeout: .seconds(120))
  }

  /// Ends the connection with DISCONNECT: no will is sent.
  public func disconnect() throws { try ask("disconnect") }

  /// Cuts the connection: the broker sends the will.
  public func drop() throws { try ask("drop") }
}
