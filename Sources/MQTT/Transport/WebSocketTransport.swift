internal import SocketLayer
internal import WebSocket

/// MQTT over a WebSocket (MQTT 5.0 6): one binary message per packet. What the broker sends may be split and joined over
/// frames anywhere.
final class WebSocketTransport: MQTTTransportOperations {
  private let url: WebSocketURL
  private var request: WebSocketRequest
  private let options: WebSocketURLOptions
  private var connection: WebSocketConnection?
  /// The packet that is being written has begun: what follows continues its message.
  private var isContinuing = false
  /// A text frame has come behind what was delivered.
  private var hasTextFrame = false

  init(url: WebSocketURL, request: WebSocketRequest, options: WebSocketURLOptions) {
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
      throw .connect(error)
    }
    // [MQTT-6.0.0-4]
    let chosen = connection?.response.subprotocol
    guard let chosen, request.subprotocols.contains(chosen) else {
      disconnect(timeout: .immediate)
      throw .subprotocol(offered: request.subprotocols, chosen: chosen)
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
      if !packets.isEmpty { try sendWholePackets(&rest, on: descriptor, mayHold: !payload.isEmpty, until: deadline) }
      guard !rest.isEmpty || !payload.isEmpty || isContinuing else { return }
      try descriptor.sendMsg(
        rest, payload, opcode: isContinuing ? .continuation : .binary, final: remaining == 0,
        until: deadline)
      isContinuing = remaining > 0
    } catch {
      switch error {
      case .timedOut, .aborted: throw .timedOut
      default: throw .webSocket(error)
      }
    }
  }

  /// Sends each packet that is there whole, in a message of its own, and all of them in as few writes as may be.
  ///
  /// - Parameters:
  ///   - packets: what is left is a packet whose end is elsewhere.
  ///   - mayHold: something follows at once.
  private func sendWholePackets(
    _ packets: inout RawSpan, on descriptor: WebSocketDescriptor, mayHold: Bool, until deadline: Deadline
  ) throws(WebSocketError) {
    while let length = packetLength(packets), length <= packets.byteCount {
      let packet = packets.extracting(0..<length)
      packets = packets.extracting(length..<packets.byteCount)
      let isLast = packets.isEmpty && !mayHold
      try descriptor.sendMsg(packet, opcode: .binary, flags: isLast ? [] : .more, until: deadline)
    }
  }

  func read(into output: inout OutputRawSpan, timeout: Timeout) throws(MQTTTransportError) -> Int {
    let descriptor = try descriptor()
    guard !hasTextFrame else { throw .textFrame }
    var count = 0
    while !output.isFull {
      let frame: ReceivedMessage
      do throws(WebSocketError) {
        frame = try descriptor.recvMsg(into: &output, timeout: count == 0 ? timeout : .immediate)
      } catch {
        // what has come is delivered first; the next call says the rest
        if count > 0 { return count }
        switch error {
        case .wouldBlock: throw .wouldBlock
        case .notConnected(let status): throw .webSocketClosed(status)
        default: throw .webSocket(error)
        }
      }
      guard !frame.isClose else {
        if count > 0 { return count }
        throw .webSocketClosed(try? descriptor.closeStatus())
      }
      // [MQTT-6.0.0-1]
      guard !frame.isText else {
        output.removeLast(frame.count)
        hasTextFrame = true
        guard count > 0 else { throw .textFrame }
        return count
      }
      count += frame.count
    }
    return count
  }

  func disconnect(timeout: Timeout) {
    guard let connection = connection.take() else { return }
    _ = try? connection.close(code: hasTextFrame ? .unsupportedData : .normal, timeout: timeout)
  }
}

/// The bytes of the packet that begins here; nil where its fixed header is not whole.
private func packetLength(_ bytes: RawSpan) -> Int? {
  var length = 0
  for i in 1..<min(5, max(1, bytes.byteCount)) {
    // Sound: any byte is a UInt8.
    let byte = unsafe bytes.unsafeLoad(fromByteOffset: i, as: UInt8.self)
    length |= Int(byte & 0x7F) << (7 * (i - 1))
    if byte & 0x80 == 0 { return 1 + i + length }
  }
  return nil
}
