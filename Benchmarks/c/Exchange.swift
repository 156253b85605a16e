import BenchmarkSupport
import CWestwind
import Westwind
import WestwindC
import WestwindSockets

/// A client and a server over one TCP connection.
final class SocketPair {
  let client: WebSocketDescriptor
  let server: WebSocketDescriptor
  private let socket: SocketDescriptor
  let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: 4096, alignment: 8)
  /// What the two receive into: `tmp_buf` and `recv_buf`.
  private let buffers = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: 2 * 16384)

  init() throws {
    let listener = try SocketDescriptor.open(.ipv4)
    defer { try? listener.close() }
    try listener.bind(to: .loopback(port: 0))
    try listener.listen()
    socket = try SocketDescriptor.open(.ipv4)
    try socket.connect(to: try listener.getsockname())
    let accepted = try listener.accept()
    let (first, second) = (buffers.baseAddress!, buffers.baseAddress! + 16384)
    // As `websocket_connect` and `websocket_register` set them up. The descriptors that Swift's functions return know their
    // connection, as they do in a program in Swift.
    var options = WebSocketOptions()
    options.controlFrames = .manual
    options.allowUnmasked = true
    options.receiveBuffer = UnsafeMutableRawBufferPointer(start: second, count: 16384)
    let upgrading = BlockingThread { [options] in
      try websocketUpgrade(accepted, options: options, timeout: .seconds(10))
    }
    var request = WebSocketRequest(host: "localhost", url: "/")
    request.options = options
    request.options.receiveBuffer = UnsafeMutableRawBufferPointer(start: first, count: 16384)
    client = try websocketConnect(socket, request, timeout: .seconds(10))
    server = try upgrading.join()
  }

  func close() throws {
    try websocketDisconnect(client, timeout: .immediate)
    try websocketUnregister(server, timeout: .immediate)
    try socket.close()
  }

  deinit {
    memory.deallocate()
    buffers.deallocate()
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
