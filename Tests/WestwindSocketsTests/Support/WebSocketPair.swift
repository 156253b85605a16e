import Synchronization
import WebSocketProtocol
import Westwind
import WestwindSockets
import WestwindTLS
import WestwindTestCertificates
import WestwindTestPeer
import WestwindTestSupport
import WestwindTesting

/// Makes two connected sockets, of any kind, the two ends of a WebSocket. Plain `send` sends BINARY.
func webSocketPair(
  client: SocketDescriptor, server: SocketDescriptor, options: WebSocketOptions = WebSocketOptions()
) throws -> (client: WebSocketDescriptor, server: WebSocketDescriptor) {
  var options = options
  options.sendOpcode = .binary
  let serverOptions = options
  let upgrade = BlockingThread { try websocketUpgrade(server, options: serverOptions, timeout: .seconds(20)) }
  var request = WebSocketRequest(host: "localhost", url: "/")
  request.options = options
  let ws = try websocketConnect(client, request, timeout: .seconds(20))
  return (ws, try upgrade.join())
}

/// Makes two connected sockets the two ends of TLS.
private func tlsPair(
  client: SocketDescriptor, server: SocketDescriptor
) throws -> (client: SocketDescriptor, server: SocketDescriptor) {
  let certificate = try TestCertificate.good.get()
  let accepting = BlockingThread { try tlsAccept(server, certificate.server, timeout: .seconds(20)) }
  let tls = try tlsConnect(client, certificate.client(for: "localhost"), timeout: .seconds(20))
  return (tls, try accepting.join())
}

/// One end of a WebSocket, and a raw socket in the peer's place, by which frames are written by hand.
final class WebSocketEnd: Sendable {
  let ws: WebSocketDescriptor
  let role: Role
  /// Where the peer's bytes are written, and ours are read.
  let peer: SocketDescriptor
  /// What is to be closed, the uppermost first: this end, and the peer.
  private let open: Mutex<(end: [SocketDescriptor], peer: [SocketDescriptor])>

  /// What lies below the WebSocket.
  enum Below: String, Sendable, CaseIterable {
    case tcp = "TCP"
    /// A `ScriptedSocket` over TCP.
    case scripted
    /// TLS over TCP; the peer is TLS too.
    case tls = "TLS"
  }

  init(_ role: Role, below kind: Below = .tcp, options: WebSocketOptions = WebSocketOptions()) throws {
    let (tcp, peerTCP) = try tcpPair()
    var below = [tcp]
    var peers = [peerTCP]
    switch kind {
    case .tcp: break
    case .scripted: below.insert(try ScriptedSocket.make(over: tcp, script: .init()).descriptor, at: 0)
    case .tls:
      let ends = try tlsPair(client: role == .client ? tcp : peerTCP, server: role == .client ? peerTCP : tcp)
      below.insert(role == .client ? ends.client : ends.server, at: 0)
      peers.insert(role == .client ? ends.server : ends.client, at: 0)
    }
    let peer = peers[0]
    let ends = try webSocketPair(
      client: role == .client ? below[0] : peer, server: role == .client ? peer : below[0], options: options)
    let other = role == .client ? ends.server : ends.client
    ws = role == .client ? ends.client : ends.server
    self.role = role
    self.peer = peer
    // The peer's own WebSocket has done its part with the handshake: its socket is polled for itself from here on.
    if let layer = Layers.layer(over: peer.rawValue) { Layers.leave(peer.rawValue, layer) }
    open = Mutex(([ws.descriptor] + below, [other.descriptor] + peers))
  }

  deinit {
    close()
  }

  /// Closes what is still open. A number is closed once only: it may be another test's afterwards.
  func close() {
    closeEnd()
    hangUp()
  }

  /// Closes this end, and all that is below it.
  func closeEnd() {
    let left = open.withLock { open in
      defer { open.end = [] }
      return open.end
    }
    for descriptor in left { try? descriptor.close() }
  }

  /// Closes the peer.
  func hangUp() {
    let left = open.withLock { open in
      defer { open.peer = [] }
      return open.peer
    }
    for descriptor in left { try? descriptor.close() }
  }

  /// Disconnects this end, and leaves the socket below.
  @discardableResult
  func disconnect(timeout: Timeout = .close) throws -> CloseStatus {
    open.withLock { _ = $0.end.removeFirst() }
    return try websocketDisconnect(ws, timeout: timeout)
  }

  /// A frame as this end's peer has to send it.
  func frame(_ opcode: Opcode, _ payload: [UInt8] = [], isFinal: Bool = true) -> [UInt8] {
    // A key of zeros leaves the payload as it is.
    Frame(opcode, payload, isFinal: isFinal, key: role == .server ? MaskingKey(littleEndian: 0) : nil).bytes
  }
}

extension WebSocketDescriptor {
  /// The payload of the next frame that `recvMsg` gives.
  func receive(timeout: Timeout = .seconds(20)) throws -> [UInt8] {
    try recvMsg(maxCount: 65536, timeout: timeout).payload
  }
}

extension Role {
  static let both: [Role] = [.client, .server]
}
