// A program that imports MQTT has the protocol's names, the transports' options and the sockets below with it.
@_exported public import MQTTProtocol
@_exported public import Westwind
