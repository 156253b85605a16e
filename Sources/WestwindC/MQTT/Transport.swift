internal import CWestwind
internal import SystemPackage
internal import WebSocketProtocol
internal import Westwind
internal import WestwindConnecting
internal import WestwindMQTT
internal import WestwindPlatform
internal import WestwindSockets
internal import WestwindTLS

/// The way to the broker that a client's structure describes.
///
/// Sound as a whole: all that the structure points to is valid while `mqtt_connect` makes this and connects; a custom
/// transport has the structure itself for as long as it is connected, as the program promises.
struct Way {
  let transport: MQTTTransport
  var timeout = Timeout.connect
  /// The opening handshake, where there is one.
  var handshake: Handshake?

  init(_ owner: UnsafeMutablePointer<mqtt_client>) throws(MQTTError) {
    let type = unsafe owner.pointee.transport.type
    guard unsafe owner.pointee.transport.if_name == nil, type.rawValue < MQTT_TRANSPORT_NUM.rawValue else {
      throw .notSupported(symbol: "transport")
    }
    guard type != MQTT_TRANSPORT_CUSTOM else {
      nonisolated(unsafe) let owner = unsafe owner
      transport = .custom { () throws(MQTTError) in try unsafe CustomTransport(owner) }
      return
    }
    let address = try unsafe SocketAddress(broker: owner.pointee.broker)
    let isSecure = type == MQTT_TRANSPORT_SECURE || type == MQTT_TRANSPORT_SECURE_WEBSOCKET
    var options = ConnectOptions()
    options.address = address
    options.proxy = try unsafe owner.pointee.proxy()
    if isSecure { options.tls = try unsafe owner.pointee.transport.tls.config.options(for: address) }
    switch type {
    case MQTT_TRANSPORT_NON_SECURE:
      transport = .tcp(host: address.numericHost, port: address.port ?? 0, options: options)
    case MQTT_TRANSPORT_SECURE:
      transport = .tls(host: address.numericHost, port: address.port ?? 0, options: options)
    default:
      let handshake = unsafe Handshake(owner.pointee.transport.websocket.config.forMQTT, socket: -1, userData: nil)
      let request: WebSocketRequest
      do throws(WebSocketError) { request = try handshake.mqttRequest() } catch { throw .transport(.handshake(error)) }
      let server = request.host + request.url
      self.handshake = handshake
      // Sound: it is only used on the thread that connects, which is this one.
      nonisolated(unsafe) let lent = request
      if unsafe owner.pointee.transport.websocket.timeout != 0 {
        timeout = unsafe Timeout(milliseconds: owner.pointee.transport.websocket.timeout)
      }
      transport =
        isSecure
        ? .secureWebSocket(url: "wss://" + server, request: { unsafe lent }, options: options)
        : .webSocket(url: "ws://" + server, request: { unsafe lent }, options: options)
    }
  }
}

extension SocketAddress {
  /// An address of one of the two families, whose structures have different lengths.
  fileprivate init(broker: UnsafeRawPointer?) throws(MQTTError) {
    let length: Int
    // Both begin with their family.
    switch unsafe broker.map({ unsafe CInt($0.load(as: sa_family_t.self)) }) {
    case AF_INET: length = MemoryLayout<sockaddr_in>.size
    case AF_INET6: length = MemoryLayout<sockaddr_in6>.size
    default: throw .system(.invalidArgument)
    }
    do throws(Errno) {
      self = try unsafe SocketAddress(given: broker?.assumingMemoryBound(to: sockaddr.self), socklen_t(length))
    } catch {
      throw .system(error)
    }
  }
}

extension mqtt_client {
  fileprivate func proxy() throws(MQTTError) -> ProxyServer {
    guard unsafe transport.proxy.addrlen > 0 else { return .none }
    var storage = unsafe transport.proxy.addr
    return try unsafe withUnsafePointer(to: &storage) { (storage) throws(MQTTError) in
      .url("socks5://\(try unsafe SocketAddress(broker: storage))")
    }
  }
}

extension mqtt_sec_config {
  fileprivate func options(for address: SocketAddress) throws(MQTTError) -> TLSOptions {
    var settings = TLSSettings(minimumVersion: .tls1_2)
    // Lists that are NULL are none, whatever their counts say.
    settings.tags = unsafe Array(
      UnsafeBufferPointer(start: sec_tag_list, count: sec_tag_list == nil ? 0 : Int(sec_tag_count)))
    settings.cipherSuites = unsafe Array(
      UnsafeBufferPointer(start: cipher_list, count: cipher_list == nil ? 0 : Int(cipher_count)))
    let isVerified = unsafe peer_verify == TLS_PEER_VERIFY_REQUIRED
    if isVerified, let hostname = unsafe hostname, unsafe hostname.pointee == 0 { throw .system(.invalidArgument) }
    if let pins = unsafe pins, unsafe pins.pointee != 0 {
      settings.pins = []
      for text in unsafe String(cString: pins).split(separator: ";", omittingEmptySubsequences: false) {
        guard let pin = TLSPin(String(text)) else { throw .system(.invalidArgument) }
        settings.pins.append(pin)
      }
    }
    settings.hostName = unsafe hostname.map { unsafe String(cString: $0) } ?? address.numericHost
    let protocols = unsafe UnsafeBufferPointer(
      start: alpn_protocol_name_list, count: alpn_protocol_name_list == nil ? 0 : Int(alpn_protocol_name_count))
    for i in protocols.indices {
      if let name = unsafe protocols[i] { unsafe settings.applicationProtocols.append(String(cString: name)) }
    }
    // What an optional check finds nobody is told.
    settings.verification = isVerified ? .required : TLSSettings.Verification.none
    do throws(TLSError) { return try settings.clientOptions() } catch { throw .system(error.errno) }
  }
}

extension websocket_request {
  /// With Zephyr's values where it says nothing.
  fileprivate var forMQTT: websocket_request {
    var request = unsafe self
    if unsafe request.host == nil { unsafe request.host = text("localhost") }
    if unsafe request.url == nil { unsafe request.url = text("/mqtt") }
    return unsafe request
  }

  /// A constant, which has a NUL behind it.
  private func text(_ constant: StaticString) -> UnsafePointer<CChar> {
    unsafe UnsafeRawPointer(constant.utf8Start).assumingMemoryBound(to: CChar.self)
  }
}

extension Handshake {
  /// As `request`, with the library's own way of keeping a WebSocket: MQTT's program never sees one.
  fileprivate func mqttRequest() throws(WebSocketError) -> WebSocketRequest {
    var request = try request()
    guard request.url.hasPrefix("/") else {
      throw .invalidArgument(.handshakeText(.badTarget(Array(request.url.utf8))))
    }
    request.maxRedirects = 0
    request.options.controlFrames = .automatic
    request.options.allowUnmasked = false
    request.offerMQTT()
    return request
  }
}

extension WebSocketRequest {
  /// Takes the program's lines for the subprotocol out of the headers, and offers what they name once each, and `mqtt` in any
  /// case ([MQTT-6.0.0-3]): Zephyr's programs that have such a line mean that.
  fileprivate mutating func offerMQTT() {
    subprotocols = ["mqtt"]
    optionalHeaders.removeAll { line in
      guard let field = try? HeaderField(line: Array(line.utf8)), field.isNamed("sec-websocket-protocol") else {
        return false
      }
      for name in [field].list(of: "sec-websocket-protocol").map({ String(decoding: $0, as: UTF8.self) })
      where !subprotocols.contains(name) {
        subprotocols.append(name)
      }
      return true
    }
  }
}
