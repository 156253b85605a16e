import ArgumentParser
import MQTTProtocol

/// For `validate`: a topic that can be published to.
func check(topic: String) throws {
  let name = Array(topic.utf8)
  do throws(MQTTViolation) { try TopicName.check(name.span) } catch {
    throw ValidationError("--topic '\(topic)' cannot be published to (\(error)): 1 to 65535 bytes without '+' and '#'")
  }
}

/// For `validate`: a topic filter that can be subscribed to.
func check(filter: String, version: MQTTVersion) throws {
  let bytes = Array(filter.utf8)
  do throws(MQTTViolation) { _ = try TopicFilter(bytes.span, version: version) } catch {
    throw ValidationError("--topic '\(filter)' cannot be subscribed to (\(error)), as 'a/+/b', 'a/#' can")
  }
}
