import SampleSupport
import Synchronization
import Westwind
import WestwindSockets

/// A WebSocket that this program opened, with all that is below it.
final class Connection: Sendable {
  let ws: WebSocketDescriptor
  let url: WebSocketURL
  let peer: SocketAddress?
  let subprotocol: String?
  /// Whether the server took the offer to compress; nil where there was none.
  let isCompressed: Bool?
  /// From the look-up of the name to the end of the handshake, in nanoseconds.
  let openingTime: UInt64
  /// Nil once it is closed.
  private let owner: Mutex<WebSocketConnection?>

  /// Connects and shakes hands within the limit of the options.
  init(
    to url: WebSocketURL, _ options: ConnectionOptions, adjust: (inout WebSocketOptions) -> Void
  ) throws(Failure) {
    let start = monotonicNanoseconds()
    var request = options.handshake.request
    request.options.compression = options.compression
    adjust(&request.options)
    do throws(WebSocketError) {
      let connection = try websocketConnect(
        url: url, request: request, options: options.way, timeout: Timeout(options.limit))
      ws = connection.descriptor
      peer = connection.peer
      subprotocol = connection.response.subprotocol
      isCompressed = options.deflate ? connection.response.compression != nil : nil
      owner = Mutex(consume connection)
    } catch {
      throw openingFailure(error, url: url, limit: options.limit)
    }
    self.url = url
    openingTime = monotonicNanoseconds() - start
  }

  /// What was agreed on, for a report.
  var agreement: String {
    let compression = isCompressed.map { $0 ? ", compressed" : ", not compressed" } ?? ""
    return "subprotocol \(subprotocol.map(printable) ?? "none")\(compression)"
  }

  /// Says goodbye, waits for the peer's answer, and closes everything. Calls on the WebSocket that other threads are
  /// blocked in end at once.
  ///
  /// - Returns: the peer's status, with the code `.abnormal` when it did not answer in time; nil where the connection
  ///   was closed before. It is closed on every path.
  @discardableResult
  func close(code: CloseCode? = .normal, limit: Duration) throws(WebSocketError) -> CloseStatus? {
    guard let connection = owner.withLock({ $0.take() }) else { return nil }
    return try connection.close(code: code, timeout: Timeout(limit))
  }
}
