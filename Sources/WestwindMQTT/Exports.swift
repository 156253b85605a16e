// A program that imports WestwindMQTT has the protocol's names, the transports' options and the sockets below with it. The
// WebSocket is not among them: a program that makes a request of its own for one imports Westwind, too.
@_exported public import MQTTProtocol
@_exported public import WestwindConnecting
@_exported public import WestwindSockets
@_exported public import WestwindTLS
