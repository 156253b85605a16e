internal import Synchronization
internal import WebSocketEngine
public import WebSocketProtocol
public import WestwindSockets

/// One open WebSocket, as `websocketContexts` lists it.
public struct WebSocketContextInfo: Sendable, Hashable, CustomStringConvertible {
  public enum State: Sendable, Hashable {
    case open
    /// The peer's CLOSE has come.
    case closing
    /// The stream has ended or broken; the descriptor waits for `websocketDisconnect`.
    case failed
  }

  public var descriptor: WebSocketDescriptor
  /// The socket below.
  public var socket: SocketDescriptor
  public var role: Role
  /// This end; nil where the socket has no address.
  public var local: SocketAddress?
  /// The other end; nil where the socket has no address.
  public var peer: SocketAddress?
  public var subprotocol: String?
  public var state: State
  /// Frames of every kind.
  public var framesSent: UInt64
  public var framesReceived: UInt64
  /// Payload bytes; those of compressed messages as the calls count them, not as they are on the wire.
  public var bytesSent: UInt64
  public var bytesReceived: UInt64

  /// One line of a listing.
  public var description: String {
    func text(_ address: SocketAddress?) -> String { address.map { "\($0)" } ?? "-" }
    return "\(descriptor.rawValue)/\(socket.rawValue) \(role) \(text(local)) \(text(peer)) \(state) "
      + "sent \(framesSent) frames \(bytesSent) bytes, received \(framesReceived) frames \(bytesReceived) bytes"
  }
}

/// Lists the open WebSockets of the process. It disturbs none of them.
///
/// Zephyr's shell command is `net websocket`.
public func websocketContexts() -> [WebSocketContextInfo] {
  Registry.all.map { connection in
    let status = connection.closeStatus.withLock { $0 }
    return WebSocketContextInfo(
      descriptor: WebSocketDescriptor(connection), socket: connection.socket, role: connection.role,
      local: try? connection.localName(), peer: try? connection.peerName(), subprotocol: connection.subprotocol,
      state: !connection.state.isUsable || status?.code == .abnormal ? .failed : status == nil ? .open : .closing,
      framesSent: connection.traffic.framesSent.load(ordering: .relaxed),
      framesReceived: connection.traffic.framesReceived.load(ordering: .relaxed),
      bytesSent: connection.traffic.bytesSent.load(ordering: .relaxed),
      bytesReceived: connection.traffic.bytesReceived.load(ordering: .relaxed))
  }
}
