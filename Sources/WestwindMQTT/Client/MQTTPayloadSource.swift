/// Gives a payload in pieces, so that none of its size has to be in memory: appends bytes of the payload, from `offset`
/// on, to the output; as many as it likes, one at least. It may be asked again from the beginning, after a reconnect,
/// until the message is done.
public typealias MQTTPayloadSource = (_ offset: Int, _ output: inout OutputRawSpan) throws -> Void
