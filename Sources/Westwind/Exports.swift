// A program that imports WebSocket has the sockets below it, TLS, compression's options and the protocol's names with it.
@_exported public import PerMessageDeflate
@_exported public import WebSocketProtocol
@_exported public import WestwindSockets
@_exported public import WestwindTLS
