import CWestwind
import SocketLayer
import TestSupport
import WebSocket
import WestwindC

/// A client and a server over one TCP connection, both as the C library opens them.
final class SocketPair {
  let client: WebSocketDescriptor
  let server: WebSocketDescriptor
  private let socket: SocketDescriptor
  let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: 4096, alignment: 8)

  init() throws {
    let listener = try SocketDescriptor.open(.ipv4)
    defer { try? listener.close() }
    try listener.bind(to: .loopback(port: 0))
    try listener.listen()
    socket = try SocketDescriptor.open(.ipv4)
    try socket.connect(to: try listener.getsockname())
    let accepted = try listener.accept()
    var options = WebSocketOptions()
    options.controlFrames = .manual
    options.allowUnmasked = true
    let serving = BlockingThread { [options] in try websocketUpgrade(accepted, options: options) }
    var request = WebSocketRequest(host: "localhost", url: "/")
    request.options = options
    client = try websocketConnect(socket, request)
    server = try serving.join()
  }

  func close() throws {
    try websocketDisconnect(client, timeout: .immediate)
    try websocketUnregister(server, timeout: .immediate)
    try socket.close()
  }

  deinit {
    memory.deallocate()
  }
}

func exchangeBySwift(_ pair: SocketPair, size: Int) throws {
  let payload = UnsafeRawBufferPointer(rebasing: pair.memory[..<size])
  for (sender, receiver, mask) in [(pair.client, pair.server, true), (pair.server, pair.client, false)] {
    let sent = try sender.sendMsg(payload, opcode: .binary, mask: mask, final: true, timeout: .forever)
    let message = try receiver.recvMsg(into: pair.memory, timeout: .forever)
    precondition(sent == size && message.count == size && message.remaining == 0)
  }
}

func exchangeByC(_ pair: SocketPair, size: Int) throws {
  let memory = pair.memory.baseAddress!.assumingMemoryBound(to: UInt8.self)
  for (sender, receiver, mask) in [(pair.client, pair.server, true), (pair.server, pair.client, false)] {
    let sent = websocket_send_msg(
      sender.rawValue, memory, size, WEBSOCKET_OPCODE_DATA_BINARY, mask, true, SYS_FOREVER_MS)
    var type: UInt32 = 0
    var remaining: UInt64 = 0
    let received = websocket_recv_msg(
      receiver.rawValue, memory, pair.memory.count, &type, &remaining, SYS_FOREVER_MS)
    precondition(Int(sent) == size && Int(received) == size && remaining == 0)
  }
}
