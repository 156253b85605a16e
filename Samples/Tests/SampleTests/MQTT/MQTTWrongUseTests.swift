import SampleTestSupport
import Testing

struct MQTTWrongUseTests {
  private static let pub = ["pub", "--url", "mqtt://127.0.0.1:1", "--topic", "a"]
  private static let text = pub + ["--message", "x"]
  private static let five = text + ["--version", "5.0", "--property"]

  @Test(
    arguments: [
      (pub, "give one of --message, --file and --lines"),
      (text + ["--lines"], "give one of"),
      (pub + ["--file", "/no/such/file"], "cannot open '/no/such/file'"),
      (pub + ["--file", "/"], "no file whose size is known"),
      (["pub", "--url", "mqtt://127.0.0.1:1", "--topic", "a/#", "--message", "x"], "cannot be published to"),
      (["pub", "--url", "http://127.0.0.1:1", "--topic", "a", "--message", "x"], "--url"),
      (text + ["--qos", "3"], "write 0, 1 or 2"),
      (text + ["--version", "4.0"], "write 3.1.1 or 5.0"),
      (text + ["--count", "0"], "--count must be 1 or more"),
      (pub + ["--lines", "--count", "2"], "--count is for --message and --file"),
      (text + ["--timeout", "0"], "--timeout must be more than 0"),
      (text + ["--no-clean"], "give that, too"),
      (text + ["--session-expiry", "5"], "--session-expiry needs --version 5.0"),
      (text + ["--password", "x"], "--password needs --user"),
      (text + ["--will-message", "x"], "a will needs --will-topic"),
      (text + ["--will-topic", "a/+"], "--will-topic 'a/+' cannot be published to"),
      (text + ["--property", "content-type=x"], "--property needs --version 5.0"),
      (five + ["content-type"], "write it as name=value"),
      (five + ["colour=red"], "no property is called 'colour'"),
      (five + ["receive-maximum=1"], "has no place in what this command sends"),
      (five + ["will-delay-interval=1"], "has no place in what this command sends"),
      (five + ["message-expiry-interval=soon"], "must be a number"),
      (five + ["payload-format-indicator=2"], "it cannot have this value"),
      (five + ["user-property=x"], "must be name:value"),
      (["sub", "--url", "mqtt://127.0.0.1:1"], "--topic"),
      (["sub", "--url", "mqtt://127.0.0.1:1", "--topic", "a+"], "cannot be subscribed to"),
      (["sub", "--url", "mqtt://127.0.0.1:1", "--topic", "a", "--count", "0"], "--count must be 1 or more"),
      (["bench", "--url", "mqtt://127.0.0.1:1", "--topic", "a", "--window", "0"], "--window must be between 1 and"),
      (["bench", "--url", "mqtt://127.0.0.1:1", "--topic", "a", "--topic-alias"], "--topic-alias needs --version 5.0"),
      (["bench", "--url", "mqtt://127.0.0.1:1", "--topic", "a", "--insecure", "--ca", "x"], "give one of them"),
      (["pub", "--url", "mqtts://127.0.0.1:1", "--topic", "a", "--message", "b", "--pin", "x"], "--pin 'x' must be"),
      (["other"], "other"),
    ] as [([String], String)])
  func `wrong use ends with exit code 2 and one line`(_ arguments: [String], _ message: String) throws {
    let outcome = try MQTTSample.run(arguments)
    #expect(outcome.status == .exited(2))
    #expect(outcome.output == "")
    #expect(outcome.errorLines.count == 1)
    #expect(outcome.errors.hasPrefix("mqtt-publisher: "))
    #expect(outcome.errors.contains(message), "\(outcome.errors)")
  }

  // MQTT 5.0 section 2.2.2.2.
  @Test(
    arguments: [
      "payload-format-indicator", "message-expiry-interval", "content-type", "response-topic", "correlation-data",
      "subscription-identifier", "session-expiry-interval", "assigned-client-identifier", "server-keep-alive",
      "authentication-method", "authentication-data", "request-problem-information", "will-delay-interval",
      "request-response-information", "response-information", "server-reference", "reason-string", "receive-maximum",
      "topic-alias-maximum", "topic-alias", "maximum-qos", "retain-available", "user-property", "maximum-packet-size",
      "wildcard-subscription-available", "subscription-identifier-available", "shared-subscription-available",
    ])
  func `each property of the specification is known by its name`(_ name: String) throws {
    let outcome = try MQTTSample.run(MQTTWrongUseTests.five + ["\(name)=1"])
    #expect(!outcome.errors.contains("no property is called"), "\(outcome.errors)")
  }

  @Test(arguments: [["--help"], ["pub", "--help"], ["sub", "--help"], ["bench", "--help"]])
  func `help goes to standard output with exit code 0`(_ arguments: [String]) throws {
    let outcome = try MQTTSample.run(arguments)
    #expect(outcome.status == .exited(0))
    #expect(outcome.errors == "")
    #expect(outcome.output.contains("--url"))
  }

  @Test func `what is not there, or is no broker, is told in one line with exit code 1`() throws {
    let rest = ["--topic", "a", "--message", "x", "--proxy", "none", "--timeout", "20"]
    let refused = try MQTTSample.run(["pub", "--url", "mqtt://u:secret@127.0.0.1:1"] + rest)
    #expect(refused.status == .exited(1))
    #expect(refused.errors == "mqtt-publisher: 127.0.0.1:1 refuses the connection: is a server listening there?\n")
    let peer = try Peer<String>.answering("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
    let page = try MQTTSample.run(["pub", "--url", peer.url] + rest)
    #expect(page.status == .exited(1))
    #expect(page.errorLines.count == 1)
    #expect(page.errors.contains("404 Not Found"), "\(page.errors)")
    #expect(try peer.join().contains("Sec-WebSocket-Protocol: mqtt\r\n"))
  }
}
