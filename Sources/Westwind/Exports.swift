// A program that imports Westwind has the sockets below it, connecting, TLS, compression's options and the protocol's names
// with it.
@_exported public import PerMessageDeflate
@_exported public import WebSocketProtocol
@_exported public import WestwindConnecting
@_exported public import WestwindSockets
@_exported public import WestwindTLS
