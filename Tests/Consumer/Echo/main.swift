import Foundation
import NIOCore
import Westwind
import WestwindMQTT

// An echo over the library's two roles, and one name at least of each import.

func echo() throws -> String {
  let listener = try SocketDescriptor.open(.ipv4)
  try listener.bind(to: .loopback(port: 0))
  try listener.listen()
  let address = try listener.getsockname()
  let server = Thread {
    do {
      let socket = try listener.accept(timeout: .seconds(10))
      let ws = try websocketUpgrade(socket, timeout: .seconds(10))
      try ws.sendMsg(try ws.receiveMessage(timeout: .seconds(10)).text ?? "")
      _ = try ws.receiveMessage(timeout: .seconds(10))
      try websocketUnregister(ws)
    } catch {
      print("server: \(error)")
    }
  }
  server.start()
  let connection = try websocketConnect(url: "ws://\(address)/", timeout: .seconds(10))
  try connection.descriptor.sendMsg("hello from a consumer")
  let reply = try connection.descriptor.receiveMessage(timeout: .seconds(10))
  try connection.close(code: .normal)
  try listener.close()
  let buffer = ByteBuffer(string: reply.text ?? "")
  return String(decoding: Data(buffer.readableBytesView), as: UTF8.self)
}

let configuration = MQTTConfiguration(clientIdentifier: "consumer")
precondition(configuration.clientIdentifier == "consumer")
print(try echo())
