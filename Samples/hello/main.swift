import Westwind

let port = UInt16(CommandLine.arguments.dropFirst().first ?? "9001")!
let socket = try SocketDescriptor.open(.ipv4)
try socket.connect(to: .loopback(port: port), timeout: .seconds(3))
let ws = try websocketConnect(socket, WebSocketRequest(host: "127.0.0.1:\(port)", url: "/"))
try ws.sendMsg([1, 2, 3, 10], opcode: .binary)
let (message, payload) = try ws.recvMsg(maxCount: 4096, timeout: .seconds(3))
print("\(payload), final: \(message.isFinal), remaining: \(message.remaining)")
try websocketDisconnect(ws, code: .normal)
try socket.close()
