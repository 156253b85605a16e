import ArgumentParser
import MQTTProtocol

/// For `validate`: a topic that can be published to.
func check(topic: String, flag: String = "--topic") throws {
  let name = Array(topic.utf8)
  do throws(MQTTViolation) { try TopicName.check(name.span) } catch {
    throw ValidationError("\(flag) '\(topic)' cannot be published to: it must have 1 to 65535 bytes, and no '+' or '#'")
  }
}

/// For `validate`: a topic filter that can be subscribed to.
func check(filter: String, version: MQTTVersion) throws {
  let bytes = Array(filter.utf8)
  do throws(MQTTViolation) { _ = try TopicFilter(bytes.span, version: version) } catch {
    throw ValidationError(
      "--topic '\(filter)' cannot be subscribed to: '+' is a whole level, '#' all that follow ('a/+/b', 'a/#')")
  }
}
