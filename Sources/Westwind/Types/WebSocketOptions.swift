public import PerMessageDeflate
public import WebSocketProtocol
internal import WestwindConfiguration
public import WestwindSockets

/// What can be set per connection. Every default comes from `Kconfig`.
@safe public struct WebSocketOptions: Sendable {
  /// Who answers control frames.
  public enum ControlFrames: Sendable, Hashable {
    /// PING is answered and not delivered, PONG is noted and not delivered, CLOSE is answered and then delivered.
    case automatic
    /// Zephyr's way: every control frame is delivered, and nothing is answered, but for a PING or CLOSE that plain `recv`
    /// passes over.
    case manual
  }

  /// Default: `WEBSOCKET_AUTOMATIC_CONTROL_FRAMES`.
  public var controlFrames: ControlFrames =
    BuildConfiguration.WEBSOCKET_AUTOMATIC_CONTROL_FRAMES ? .automatic : .manual

  /// Lets `sendMsg` send with `mask` as it is given, also where RFC 6455 5.1 forbids it: `false` by a client, `true`
  /// by a server. Zephyr's callers pass it freely. Default: false.
  public var allowUnmasked = false

  /// The opcode of a plain `send` on the descriptor: `.text` or `.binary`. Default: TEXT, as in Zephyr, unless
  /// `WEBSOCKET_SEND_BINARY`.
  public var sendOpcode: Opcode = BuildConfiguration.WEBSOCKET_SEND_BINARY ? .binary : .text

  /// Bytes asked from the socket at once; 64 at least, 1 GiB at most. The buffer is held only while bytes wait in it. Larger: fewer
  /// system calls. Default: `WEBSOCKET_RX_BUFFER_SIZE`.
  public var receiveBufferSize = BuildConfiguration.WEBSOCKET_RX_BUFFER_SIZE

  /// Bytes masked and handed to the socket at once; 256 at least, 1 GiB at most. The buffer is held only while bytes wait in it.
  /// Default: `WEBSOCKET_TX_BUFFER_SIZE`.
  public var transmitBufferSize = BuildConfiguration.WEBSOCKET_TX_BUFFER_SIZE

  /// Memory to receive into, for the whole life of the connection, in place of the pool's (Zephyr's `tmp_buf`): 64
  /// bytes at least. It must stay valid until the connection is disconnected, and one connection must have it alone.
  /// Default: none.
  public nonisolated(unsafe) var receiveBuffer: UnsafeMutableRawBufferPointer?

  /// The most bytes that `receiveMessage` joins; with compression, the most that a compressed message may have for any
  /// receiving call. Default: `WEBSOCKET_MAX_MESSAGE_SIZE`.
  public var maxMessageSize = BuildConfiguration.WEBSOCKET_MAX_MESSAGE_SIZE

  /// permessage-deflate (RFC 7692): a client offers it, a server takes the offer; what came of it says
  /// `WebSocketDescriptor.compression`. A compressed frame is inflated whole before it is delivered, and a message of
  /// more than `maxMessageSize` bytes is refused by every receiving call. Compression makes the size of a message say
  /// something of its content: do not mix secrets and what an attacker can choose in one message (CRIME). Default: none.
  public var compression: PerMessageDeflateOptions?

  /// The most bytes that the head of the peer's half of the handshake may have. Default:
  /// `WEBSOCKET_MAX_RESPONSE_HEAD_SIZE`.
  public var maxResponseHeadSize = BuildConfiguration.WEBSOCKET_MAX_RESPONSE_HEAD_SIZE

  /// How many bytes of a refusing response's body are kept. Default: `WEBSOCKET_MAX_ERROR_BODY_SIZE`.
  public var maxErrorBodySize = BuildConfiguration.WEBSOCKET_MAX_ERROR_BODY_SIZE

  /// The most WebSockets that may be open in the process when this one is opened. Default:
  /// `WEBSOCKET_MAX_CONTEXTS`.
  public var maxContexts = BuildConfiguration.WEBSOCKET_MAX_CONTEXTS

  /// PING frames of the connection's own; nil: none. Default: `WEBSOCKET_PING_INTERVAL_MS` (0 for none) and
  /// `WEBSOCKET_PING_TIMEOUT_MS`.
  public var ping: KeepAlive? =
    BuildConfiguration.WEBSOCKET_PING_INTERVAL_MS == 0
    ? nil
    : .ping(
      interval: .milliseconds(BuildConfiguration.WEBSOCKET_PING_INTERVAL_MS),
      timeout: .milliseconds(BuildConfiguration.WEBSOCKET_PING_TIMEOUT_MS))

  public init() {}

  /// Checks that the options can be used. Nothing is done with them before.
  func check() throws(WebSocketError) {
    guard compression == nil || PerMessageDeflateOptions.isSupported else {
      throw .notSupported(symbol: "WEBSOCKET_PERMESSAGE_DEFLATE")
    }
    guard transmitBufferSize >= 256 else { throw .invalidArgument(.bufferTooSmall(minimum: 256)) }
    if let lent = unsafe receiveBuffer {
      guard lent.count >= 64 else { throw .invalidArgument(.bufferTooSmall(minimum: 64)) }
    } else {
      guard receiveBufferSize >= 64 else { throw .invalidArgument(.bufferTooSmall(minimum: 64)) }
    }
    let isRight =
      transmitBufferSize <= Self.maximumBuffer && receiveBufferSize <= Self.maximumBuffer && maxMessageSize >= 0
      && maxResponseHeadSize > 0 && maxErrorBodySize >= 0 && maxContexts >= 0
    guard isRight else { throw .invalidArgument(numberOutOfRange) }
    guard let ping else { return }
    guard ping.interval > .zero else { throw .invalidArgument(.durationNotPositive("ping.interval")) }
    guard ping.timeout > .zero else { throw .invalidArgument(.durationNotPositive("ping.timeout")) }
  }

  private static let maximumBuffer = 1 << 30

  /// What is said of the first number that cannot be used.
  private var numberOutOfRange: WebSocketError.InvalidArgument {
    let numbers = [
      ("transmitBufferSize", transmitBufferSize, 256, Self.maximumBuffer),
      ("receiveBufferSize", receiveBufferSize, .min, Self.maximumBuffer), ("maxMessageSize", maxMessageSize, 0, .max),
      ("maxResponseHeadSize", maxResponseHeadSize, 1, .max), ("maxErrorBodySize", maxErrorBodySize, 0, .max),
      ("maxContexts", maxContexts, 0, .max),
    ]
    let wrong = numbers.first { name, number, minimum, maximum in number < minimum || number > maximum }
    let (name, _, minimum, maximum) = wrong ?? numbers[0]
    return .outOfRange(name, minimum: name == "receiveBufferSize" ? 64 : minimum, maximum: maximum)
  }
}

extension Timeout {
  /// What a handshake may take in all: `WEBSOCKET_HANDSHAKE_TIMEOUT_MS`.
  public static var handshake: Timeout { .milliseconds(BuildConfiguration.WEBSOCKET_HANDSHAKE_TIMEOUT_MS) }
}
