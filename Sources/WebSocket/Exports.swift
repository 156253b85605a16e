// A program that imports WebSocket has the sockets below it, the protocol's names and compression's options with it.
@_exported public import PerMessageDeflate
@_exported public import SocketLayer
@_exported public import WebSocketProtocol
