import MQTTProtocol
import SampleSupport
import Westwind
import WestwindMQTT

/// A client on its connection, and all that the commands know of how it is driven.
final class Session {
  let client: MQTTClient
  let limit: Duration
  private let url: BrokerURL
  private let isVerbose: Bool
  private let progress: Progress
  /// Called when what came was taken, before its acknowledgements leave.
  var onInput: () -> Void = {}

  /// What the events say about the connection.
  private final class Progress {
    var isAccepted = false
    var pongs = 0
    var answer = ""
  }

  /// - Parameter onEvent: the callback; what it does wrong it keeps until the call that made it has returned.
  init(
    _ options: BrokerOptions, _ configuration: MQTTConfiguration, way: WayOptions, handshake: HandshakeOptions,
    onEvent: @escaping (MQTTClient, borrowing MQTTEvent) -> Void
  ) {
    let progress = Progress()
    let transport = MQTTTransport(
      url: options.url.mqtt, request: { handshake.request }, options: way.options)
    client = MQTTClient(configuration, transport: transport) { client, event in
      switch event {
      case .connAck(let packet, let result):
        progress.isAccepted = packet.isAccepted
        progress.answer =
          (result == .resumed ? "session resumed" : "new session") + JSONProperties.note(packet.properties)
      case .pingResp: progress.pongs += 1
      default: break
      }
      onEvent(client, event)
    }
    self.progress = progress
    limit = options.limit
    url = options.url
    isVerbose = options.verbose
  }

  /// Connects, and returns when the broker has taken the client in.
  func open() throws(Failure) {
    let start = monotonicNanoseconds()
    try call("connecting") { () throws(MQTTError) in try client.connect(timeout: Timeout(limit)) }
    while !progress.isAccepted {
      try waitForBroker("the answer to CONNECT was awaited")
      try input()
    }
    note(
      "connected to \(url.description) in \(time(nanoseconds: monotonicNanoseconds() - start)):"
        + " \(client.configuration.clientIdentifier), MQTT \(client.configuration.version.name), \(progress.answer)")
  }

  /// Takes what has come from the broker.
  func input() throws(Failure) {
    try call("listening to the broker") { () throws(MQTTError) in
      try client.gather { () throws(MQTTError) in
        try client.input()
        onInput()
      }
    }
  }

  /// Waits until the broker has sent something, up to the limit.
  ///
  /// - Parameter task: what is being done, to follow "while".
  func waitForBroker(_ task: @autoclosure () -> String) throws(Failure) {
    let number = try number(while: task())
    guard pollForInput(number, milliseconds: milliseconds) else { throw silence(while: task()) }
  }

  /// What to poll for input.
  func number(while task: @autoclosure () -> String) throws(Failure) -> CInt {
    guard let number = client.descriptor?.rawValue else { throw failure(.notConnected, while: task()) }
    return number
  }

  /// The limit in milliseconds, for `poll`.
  var milliseconds: Int32 { Int32(clamping: limit.nanoseconds / 1_000_000) }

  /// What to tell the user when nothing came from the broker up to the limit.
  func silence(while task: String) -> Failure {
    .network("nothing came from the broker for \(seconds(limit)) while \(task): raise --timeout if it is slow")
  }

  /// Waits until the broker has read everything that was sent so far: until it has answered PINGREQ.
  func confirm() throws(Failure) {
    let task = "the broker's answer to all of it was awaited"
    let pongs = progress.pongs
    try call(task) { () throws(MQTTError) in try client.ping() }
    while progress.pongs == pongs {
      try waitForBroker(task)
      try input()
    }
  }

  /// Says goodbye and closes the connection, where that was not done before.
  func close() throws(Failure) {
    guard client.descriptor != nil else { return }
    try call("saying goodbye") { () throws(MQTTError) in try client.disconnect(timeout: Timeout(limit)) }
    note("disconnected")
  }

  /// Makes calls on the client; what they throw becomes a line for the user.
  func call<R>(_ task: @autoclosure () -> String, _ body: () throws(MQTTError) -> R) throws(Failure) -> R {
    do throws(MQTTError) { return try body() } catch { throw failure(error, while: task()) }
  }

  func failure(_ error: MQTTError, while task: String) -> Failure {
    if case .violation(let violation) = error, !progress.isAccepted {
      return .network(
        "\(url.description) does not answer as an MQTT broker does (\(violation)): check scheme and port of the URL")
    }
    return mqttFailure(error, while: task, url: url, limit: limit)
  }

  /// Says something on standard error where --verbose is given.
  func note(_ text: @autoclosure () -> String) {
    if isVerbose { try? Output.standardError.write("[\(printable(text()))]\n") }
  }
}
