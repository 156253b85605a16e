internal import SystemPackage
internal import WestwindConnecting
internal import WestwindSockets

/// MQTT over a stream of bytes: TCP, TLS, or a socket of the file system.
final class StreamTransport: MQTTTransportOperations {
  private let scheme: String
  private let host: String
  private let port: UInt16
  private let isSecure: Bool
  private let options: ConnectOptions
  private var stream: ServerStream?
  /// The broker has said something: it has not refused this side.
  private var hasRead = false

  init(scheme: String, host: String, port: UInt16, isSecure: Bool, options: ConnectOptions) {
    self.scheme = scheme
    self.host = host
    self.port = port
    self.isSecure = isSecure
    self.options = options
  }

  func connect(timeout: Timeout) throws(MQTTTransportError) -> SocketDescriptor {
    do throws(ConnectError) {
      let stream = try ServerStream(
        host: host, port: port, isSecure: isSecure,
        proxyVariables: ["\(scheme)_proxy", "\(scheme.uppercased())_PROXY", "all_proxy", "ALL_PROXY"],
        options: options, until: Deadline(timeout))
      let descriptor = stream.descriptor
      self.stream = consume stream
      hasRead = false
      return descriptor
    } catch {
      throw .connect(error)
    }
  }

  private func descriptor() throws(MQTTTransportError) -> SocketDescriptor {
    guard let descriptor = stream?.descriptor else { throw .notConnected }
    return descriptor
  }

  func write(_ packets: RawSpan, timeout: Timeout) throws(MQTTTransportError) {
    try write(packets, payload: RawSpan(), remaining: 0, timeout: timeout)
  }

  func write(
    _ packets: RawSpan, payload: RawSpan, remaining: Int, timeout: Timeout
  ) throws(MQTTTransportError) {
    let descriptor = try descriptor()
    do throws(Errno) {
      let sent = try descriptor.sendmsg(Payload(packets, payload), timeout: timeout)
      // with a timeout it stops short of the end only when the time is over, or with an error that comes again
      guard sent < packets.byteCount + payload.byteCount else { return }
    } catch {
      throw error == .wouldBlock ? .timedOut : loss(error)
    }
    throw .timedOut
  }

  func read(into output: inout OutputRawSpan, timeout: Timeout) throws(MQTTTransportError) -> Int {
    let descriptor = try descriptor()
    let count: Int
    do throws(Errno) {
      count = try descriptor.recv(into: &output, timeout: timeout)
    } catch {
      throw error == .wouldBlock ? .wouldBlock : loss(error)
    }
    guard count > 0 else { throw .closed }
    hasRead = true
    return count
  }

  /// In TLS 1.3 a broker refuses this side's certificate when TLS is set up here: that is a failure to connect, too.
  private func loss(_ error: Errno) -> MQTTTransportError {
    if !hasRead, let refusal = stream?.refusal() { return .connect(refusal) }
    return .connectionLost(error)
  }

  /// A socket that is closed with bytes in it that nobody has read resets the connection, and what the broker has not
  /// read by then is lost to it. So what comes is let go by until the broker has closed its side.
  func disconnect(timeout: Timeout) {
    defer { stream = nil }
    guard timeout != .immediate, let descriptor = stream?.descriptor else { return }
    let deadline = Deadline(timeout)
    do throws(Errno) {
      try descriptor.shutdown(.write)
      while !deadline.hasPassed, try !descriptor.recv(maxCount: 16 * 1024, timeout: deadline.timeLeft).isEmpty {}
    } catch {
      // it is closed in any case
    }
  }
}
