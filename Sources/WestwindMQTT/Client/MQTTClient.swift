internal import MQTTProtocol
internal import Synchronization
internal import WestwindSockets

/// An MQTT client that its application drives, as Zephyr's does: no thread, no queue.
///
///     let client = MQTTClient(configuration, transport: .webSocket(url: "ws://broker.example/mqtt")) { client, event in
///       ...
///     }
///     try client.connect()
///     while ... {
///       poll client.descriptor for input, for as long as you like
///       try client.input()
///     }
///
/// - `poll` on `descriptor` is enough to drive it: it polls readable when something has come, also where that waits in a
///   buffer of the client's or of TLS, when a PINGREQ is due, and when CONNACK or PINGRESP is overdue. Then call `input`.
/// - Packet identifiers, acknowledgements, topic aliases, the receive maximum of both sides, keep alive, and sending
///   again after a reconnect are the client's work. Reconnecting is the application's, by `connect`; `MQTTAgent` does
///   that too.
/// - Events come in the callback, within `input` or whichever call finds that the connection is over. The callback may
///   call everything but `connect` and `input`.
/// - It belongs to one thread at a time.
///
/// Zephyr's `struct mqtt_client`.
public final class MQTTClient {
  public let configuration: MQTTConfiguration
  let transportKind: MQTTTransport
  let store: any MQTTStore
  let onEvent: (MQTTClient, borrowing MQTTEvent) -> Void

  /// Use `outbox`.
  @exclusivity(unchecked) private var uncheckedOutbox: Outbox
  /// Whether what the store remembers has been given to the session.
  var isRestored = false
  var link: Link?

  // What has come and was not read yet.
  /// Nil while it is at work.
  var reader: PacketReader?
  var received: [UInt8] = []
  var receivedIndex = 0
  var incoming: IncomingMessage?
  /// What a call that ran out of time had read of the payload.
  var payloadSoFar: [UInt8] = []
  /// What the application has said to the message whose payload is arriving.
  var earlyAnswer: EarlyAnswer?
  /// The application lets the payload go by.
  var isSkipping = false
  /// The message whose PUBREC is being told: it has been answered, or ended by it. 0 for none.
  var answeredPubRec: UInt16 = 0
  /// The topic behind the alias of the message that is being delivered.
  var aliasedTopic: [UInt8] = []
  /// Messages that came twice: the client answers them, whoever answers the others.
  var duplicates: Set<UInt16> = []

  /// The callback is being called, or is about to be.
  var isInside = false

  /// - Parameters:
  ///   - configuration: who the client is.
  ///   - transport: how to reach the broker.
  ///   - store: where messages of QoS 1 and 2 are kept until they are answered. By default the session lives as long as
  ///     this client.
  ///   - onEvent: the callback.
  public init(
    _ configuration: MQTTConfiguration, transport: MQTTTransport, store: any MQTTStore = MQTTMemoryStore(),
    onEvent: @escaping (MQTTClient, borrowing MQTTEvent) -> Void
  ) {
    self.configuration = configuration
    transportKind = transport
    self.store = store
    self.onEvent = onEvent
    var session = ClientSession(limits: configuration.limits)
    session.keepsMessages = true
    // Sound: nobody else has it yet.
    unsafe uncheckedOutbox = Outbox(session: session, limit: configuration.bufferSize)
    reader = PacketReader(
      rules: PacketRules(version: configuration.version, sender: .broker),
      // What is too much `connect` refuses.
      bufferSize: configuration.packetBufferSize <= 1 << 30 ? max(64, configuration.packetBufferSize) : 64,
      maximumPacketSize: configuration.maximumPacketSize)
  }

  deinit {
    link?.socket.retire()
    link?.transport.disconnect(timeout: .immediate)
  }

  /// The session, and what waits to leave.
  ///
  /// Sound: no other code than this library's runs during an access, and that makes no second one; but for the store's
  /// `keep`, and a store that uses the client from there is found out here. The runtime's own check of each access is a
  /// sixth of all that a message of QoS 1 costs.
  var outbox: Outbox {
    @inline(__always) _read {
      checkIsNotKeeping()
      yield unsafe uncheckedOutbox
    }
    @inline(__always) _modify {
      checkIsNotKeeping()
      yield unsafe &uncheckedOutbox
    }
  }

  @inline(__always) private func checkIsNotKeeping() {
    let isKeeping = unsafe uncheckedOutbox.isKeeping.load(ordering: .relaxed)
    precondition(!isKeeping, "a store uses the client that it keeps a message for")
  }

  var session: ClientSession {
    _read { yield outbox.session }
    _modify { yield &outbox.session }
  }

  /// Keeps where a message's payload comes from, or nothing any more.
  ///
  /// What was kept before is released when the outbox is no longer accessed: what a source has captured is the
  /// application's, and may use this client as it goes.
  func keepSource(_ source: MQTTPayloadSource?, for identifier: UInt16) {
    guard source != nil || !outbox.sources.isEmpty else { return }
    var source = source
    swap(&source, &outbox.sources[identifier])
    withExtendedLifetime(source) {}
  }

  /// Tells the application.
  func tell(_ event: borrowing MQTTEvent) {
    let wasInside = isInside
    isInside = true
    onEvent(self, event)
    isInside = wasInside
  }

  /// Milliseconds of the monotonic clock.
  static var now: UInt64 { UInt64(Deadline.now.nanoseconds) / 1_000_000 }
}
