public import MQTTProtocol
import SystemPackage
import WebSocketProtocol
public import WestwindSockets
import WestwindTestSupport

/// One connection of the scripted broker. It is used by one thread, but for `cut` and `close`.
///
/// It reads packets out of what the client sends, and notes in `violations` where the client does not send each packet in
/// one binary frame, masked. It writes what it is told to, right or wrong.
public final class ScriptedConnection {
  /// Long enough for anything on a busy machine: a script that waits as long has failed.
  public static let patience = Timeout.seconds(30)

  public let isWebSocket: Bool
  /// How many came before it.
  public let number: Int
  /// How `write` cuts packets.
  public var framing = Framing.whole
  /// A PING goes before each so many frames; 0 is none.
  public var pingInterval = 0
  /// What the client did otherwise than it should.
  public internal(set) var violations: [String] = []
  /// The client's request for a WebSocket, as it was written.
  public internal(set) var request = ""
  /// The bodies of the PONGs that came.
  public internal(set) var pongs: [[UInt8]] = []
  /// The code of the client's CLOSE; 1005 where it had none.
  public internal(set) var closeCode: UInt16?
  /// The connection's last PING.
  public internal(set) var lastPing: [UInt8]?
  /// Bytes that may still be written before the connection is cut, wherever that is; nil: any number.
  public var writeAllowance: Int?
  /// Bytes that may still be read before the connection is cut.
  public var readAllowance: Int?

  let socket: SocketDescriptor
  /// Bytes from the socket that nobody has taken yet.
  var input: ArraySlice<UInt8> = []
  var intake = PacketIntake()
  /// The client's message so far has a fragment and no end.
  var isInsideMessage = false
  var frameCount = 0
  var pingCount = 0
  /// Packets that wait to be joined in a frame.
  var waiting: [[UInt8]] = []
  private var isClosed = false

  init(_ socket: SocketDescriptor, isWebSocket: Bool, number: Int = 0) {
    self.socket = socket
    self.isWebSocket = isWebSocket
    self.number = number
  }

  /// What both sides are held to: MQTT 5.0 until CONNECT has said otherwise.
  public var version: MQTTVersion {
    get { intake.reader.rules.version }
    set { intake.reader.rules.version = newValue }
  }

  /// What the broker's packets are written under.
  public var rules: PacketRules { PacketRules(version: version, sender: .broker) }

  /// Closes it, once: nothing is said before.
  public func close() {
    if !isClosed { try? socket.close() }
    isClosed = true
  }

  /// Closes it so that the client sees a reset: what was not read by then is lost.
  public func reset() {
    // struct linger { int l_onoff; int l_linger; }: on, no time
    let linger: [UInt8] = [1, 0, 0, 0, 0, 0, 0, 0]
    try? socket.setsockopt(level: Option.socket, name: Option.linger, value: linger.span.bytes)
    close()
  }

  /// Ends both directions; the connection's own thread finds the end of the stream. From any thread.
  public func cut() {
    try? socket.shutdown(.readWrite)
  }

  /// Writes bytes as they are, in one call.
  public func writeRaw(_ bytes: [UInt8]) throws {
    var bytes = bytes
    if let allowance = writeAllowance {
      writeAllowance = allowance - bytes.count
      if bytes.count > allowance {
        bytes.removeLast(bytes.count - allowance)
        if !bytes.isEmpty { try socket.send(bytes, timeout: Self.patience) }
        throw ScriptedEnd.allowance
      }
    }
    guard try socket.send(bytes, timeout: Self.patience) == bytes.count else {
      throw TestSupportError("the client does not take what the scripted broker writes")
    }
  }

  /// Takes more from the socket into `input`. Gives false at the end of the stream.
  func fill(timeout: Timeout = patience) throws -> Bool {
    let wanted = min(1 << 18, readAllowance ?? .max)
    guard wanted > 0 else { throw ScriptedEnd.allowance }
    let more = try socket.recv(maxCount: wanted, timeout: timeout)
    if let allowance = readAllowance { readAllowance = allowance - more.count }
    input = input.isEmpty ? more[...] : input + more
    return !more.isEmpty
  }

  /// Whether the client has closed, or does within the time; what it sends meanwhile is thrown away.
  public func awaitEnd(timeout: Timeout = patience) throws -> Bool {
    let deadline = Deadline(timeout)
    do {
      while !deadline.hasPassed {
        if try socket.recv(maxCount: 1 << 18, timeout: deadline.timeLeft).isEmpty { return true }
      }
    } catch Errno.wouldBlock {
    } catch Errno.connectionReset {
      return true
    }
    return false
  }

  /// Waits, without reading, until the client has closed or reset the connection. Gives false where it does not in time.
  public func awaitHangUp(timeout: Timeout = patience) throws -> Bool {
    let deadline = Deadline(timeout)
    while !deadline.hasPassed {
      // with bytes unread the socket is readable, so that a poll would return at once for them
      if !(try socket.poll(for: [], timeout: .milliseconds(20))).isEmpty { return true }
      let state = try socket.getsockopt(level: Option.tcp, name: Option.information)
      // TCP_CLOSE_WAIT and TCP_CLOSE: the client's end has come
      if state & 0xFF == 8 || state & 0xFF == 7 { return true }
    }
    return false
  }

  /// Whether there is something to read within the time.
  public func hasInput(timeout: Timeout) throws -> Bool {
    try !input.isEmpty || !intake.stream.isEmpty || !socket.poll(for: .readable, timeout: timeout).isEmpty
  }
}

/// The script ends a connection by plan.
enum ScriptedEnd: Error {
  /// So many bytes were to be read or written, and no more.
  case allowance
}
