internal import Westwind
internal import WestwindConnecting
internal import WestwindSockets

/// MQTT over a WebSocket (MQTT 5.0 6): one binary message per packet. What the broker sends may be split and joined over
/// frames anywhere.
final class WebSocketTransport: MQTTTransportOperations {
  private let url: WebSocketURL
  private var request: WebSocketRequest
  private let options: ConnectOptions
  private var connection: WebSocketConnection?
  /// The packet that is being written has begun: what follows continues its message.
  private var isContinuing = false
  /// A text frame has come, which MQTT does not allow.
  private var hasTextFrame = false

  init(url: WebSocketURL, request: WebSocketRequest, options: ConnectOptions) {
    self.url = url
    self.request = request
    self.options = options
    // [MQTT-6.0.0-3]
    if request.subprotocols.isEmpty { self.request.subprotocols = ["mqtt"] }
  }

  func connect(timeout: Timeout) throws(MQTTTransportError) -> SocketDescriptor {
    let descriptor: WebSocketDescriptor
    do throws(WebSocketError) {
      let connection = try websocketConnect(url: url, request: request, options: options, timeout: timeout)
      descriptor = connection.descriptor
      self.connection = consume connection
    } catch {
      guard case .connect(let error) = error else { throw .handshake(error) }
      throw .connect(error)
    }
    // [MQTT-6.0.0-4]; that it was offered the handshake has seen
    guard connection?.response.subprotocol != nil else {
      disconnect(timeout: .immediate)
      throw .subprotocol(offered: request.subprotocols, chosen: nil)
    }
    isContinuing = false
    hasTextFrame = false
    return descriptor.descriptor
  }

  private func descriptor() throws(MQTTTransportError) -> WebSocketDescriptor {
    guard let descriptor = connection?.descriptor else { throw .notConnected }
    return descriptor
  }

  func write(_ packets: RawSpan, timeout: Timeout) throws(MQTTTransportError) {
    try write(packets, payload: RawSpan(), remaining: 0, timeout: timeout)
  }

  func write(
    _ packets: RawSpan, payload: RawSpan, remaining: Int, timeout: Timeout
  ) throws(MQTTTransportError) {
    let descriptor = try descriptor()
    let deadline = Deadline(timeout)
    do throws(WebSocketError) {
      var rest = packets
      if !packets.isEmpty {
        try descriptor.sendPackets(&rest, isHeld: !payload.isEmpty, until: deadline) { packetLength($0) }
      }
      guard !rest.isEmpty || !payload.isEmpty || isContinuing else { return }
      try descriptor.sendMsg(
        rest, payload, opcode: isContinuing ? .continuation : .binary, final: remaining == 0,
        until: deadline)
      isContinuing = remaining > 0
    } catch {
      switch error {
      case .timedOut, .wouldBlock, .busy, .aborted: throw .timedOut
      default: throw .webSocket(error)
      }
    }
  }

  func read(into output: inout OutputRawSpan, timeout: Timeout) throws(MQTTTransportError) -> Int {
    let descriptor = try descriptor()
    let run: BinaryRun
    do throws(WebSocketError) {
      run = try descriptor.receiveBinary(into: &output, timeout: timeout)
    } catch {
      switch error {
      case .wouldBlock, .busy: throw .wouldBlock
      case .notConnected(let status): throw .closed(with: status)
      default: throw .webSocket(error)
      }
    }
    switch run {
    case .bytes(let count): return count
    case .close: throw .closed(with: try? descriptor.closeStatus())
    // [MQTT-6.0.0-1]
    case .text:
      hasTextFrame = true
      throw .textFrame
    }
  }

  func disconnect(timeout: Timeout) {
    guard let connection = connection.take() else { return }
    _ = try? connection.close(code: hasTextFrame ? .unsupportedData : .normal, timeout: timeout)
  }
}

extension MQTTTransportError {
  /// The broker has closed the WebSocket.
  fileprivate static func closed(with status: CloseStatus?) -> MQTTTransportError {
    .webSocketClosed(code: status?.code.rawValue, reason: status?.reason ?? "")
  }
}
