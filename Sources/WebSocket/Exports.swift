// A program that imports WebSocket has the sockets below it, TLS, and the protocol's names with it.
@_exported public import SocketLayer
@_exported public import TLSSockets
@_exported public import WebSocketProtocol
