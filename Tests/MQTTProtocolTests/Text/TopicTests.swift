import MQTTProtocol
import Testing

struct TopicTests {
  static func checkName(_ name: String) throws(MQTTViolation) { try TopicName.check(name.bytes.span) }

  static func isShared(_ filter: String, _ version: MQTTVersion = .mqtt5) throws(MQTTViolation) -> Bool {
    try TopicFilter(filter.bytes.span, version: version).isShared
  }

  static func matches(_ filter: String, _ name: String) throws(MQTTViolation) -> Bool {
    try TopicFilter(filter.bytes.span).matches(name.bytes.span)
  }

  @Test(arguments: ["a", "/", "//", "/a", "a/", "a b", "$SYS/x", "ACCOUNTS", "ä/漢"])
  func `a topic name of one character or more is taken`(name: String) throws { try Self.checkName(name) }

  @Test(arguments: ["+", "#", "a/+", "a/#", "a+b", "#a", "sport/tennis#"])
  func `MQTT-3.3.2-2, MQTT-4.7.0-1: a wildcard in a topic name is refused`(name: String) {
    #expect(throws: MQTTViolation.topicNameWildcard) { try Self.checkName(name) }
  }

  @Test func `MQTT-4.7.3-1: a topic of no characters is refused`() {
    #expect(throws: MQTTViolation.topicNameEmpty) { try Self.checkName("") }
    #expect(throws: MQTTViolation.topicFilterEmpty) { try Self.isShared("") }
  }

  @Test(arguments: ["sport/tennis#", "sport/tennis/#/ranking", "#/a", "##", "a#", "#+", "/#/"])
  func `MQTT-4.7.1-1: # that is not the last level, or not all of it, is refused`(filter: String) {
    #expect(throws: MQTTViolation.multiLevelWildcardNotLast) { try Self.isShared(filter) }
  }

  @Test(arguments: ["sport+", "a/b+", "a/+b", "++", "+a/b", "a/+#"])
  func `MQTT-4.7.1-2: + that is not a whole level is refused`(filter: String) {
    #expect(throws: MQTTViolation.singleLevelWildcardNotAlone) { try Self.isShared(filter) }
  }

  @Test(arguments: ["#", "+", "/", "+/+", "/+", "sport/tennis/#", "+/tennis/#", "sport/+/player1", "$SYS/#", "a//#"])
  func `a filter of the specification is taken`(filter: String) throws { #expect(try !Self.isShared(filter)) }

  @Test func `MQTT-4.8.2-1, MQTT-4.8.2-2: a shared subscription has a share name without wildcards, and a filter`()
    throws
  {
    #expect(throws: MQTTViolation.shareNameEmpty) { try Self.isShared("$share//a") }
    #expect(throws: MQTTViolation.shareNameEmpty) { try Self.isShared("$share/") }
    #expect(throws: MQTTViolation.shareNameWildcard) { try Self.isShared("$share/a+/b") }
    #expect(throws: MQTTViolation.shareNameWildcard) { try Self.isShared("$share/#/b") }
    #expect(throws: MQTTViolation.sharedFilterMissing) { try Self.isShared("$share/a") }
    #expect(throws: MQTTViolation.sharedFilterMissing) { try Self.isShared("$share/a/") }
    #expect(throws: MQTTViolation.multiLevelWildcardNotLast) { try Self.isShared("$share/a/#/b") }
    #expect(try Self.isShared("$share/consumer1/sport/tennis/+"))
    #expect(try Self.isShared("$share/c//finance"))
    #expect(try !Self.isShared("$share"))
    #expect(try !Self.isShared("$shared/a/b"))
    #expect(try !Self.isShared("$share//a", .mqtt311))
  }

  @Test func `the parts of a shared subscription`() throws {
    let bytes = "$share/consumer1/sport/+".bytes
    let filter = try TopicFilter(bytes.span)
    let share = filter.shareName?.array
    let rest = filter.filter.array
    #expect(share == "consumer1".bytes)
    #expect(rest == "sport/+".bytes)
    #expect(try Self.matches("$share/g/#", "a/b"))
    #expect(try !Self.matches("$share/g/#", "$SYS/b"))
  }

  /// The examples of 4.7.1.2, 4.7.1.3, 4.7.2 and 4.7.3, and edges.
  @Test(arguments: [
    ("sport/tennis/player1/#", "sport/tennis/player1", true),
    ("sport/tennis/player1/#", "sport/tennis/player1/ranking", true),
    ("sport/tennis/player1/#", "sport/tennis/player1/score/wimbledon", true), ("sport/#", "sport", true),
    ("sport/tennis/+", "sport/tennis/player1", true), ("sport/tennis/+", "sport/tennis/player1/ranking", false),
    ("sport/+", "sport", false), ("sport/+", "sport/", true), ("+/+", "/finance", true), ("/+", "/finance", true),
    ("+", "/finance", false), ("#", "$SYS/monitor", false), ("+/monitor/Clients", "$SYS/monitor/Clients", false),
    ("$SYS/#", "$SYS/monitor", true), ("$SYS/monitor/+", "$SYS/monitor/Clients", true), ("ACCOUNTS", "Accounts", false),
    ("a", "a", true), ("a", "ab", false), ("ab", "a", false), ("a/", "a", false), ("#", "a", true), ("#", "/", true),
    ("+/#", "a", true), ("a/+/#", "a/b", true), ("a/+/c", "a//c", true), ("a/+/c", "a/c", false), ("/#", "/", true),
    ("/#", "a", false), ("sport/#", "sportx", false),
  ])
  func `whether a name matches`(filter: String, name: String, expected: Bool) throws {
    #expect(try Self.matches(filter, name) == expected)
  }
}
