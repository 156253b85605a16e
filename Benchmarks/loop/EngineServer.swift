import WebSocketEngine
import WebSocketProtocol
import WestwindBuffers

/// The engine: a row of structs, and the loop's memory for what waits.
final class EngineServer<Source: Stream>: EchoServer {
  private struct Connection: ~Copyable {
    var engine: WebSocketEngine
    let socket: CInt
  }

  private let connections: UnsafeMutableBufferPointer<Connection>
  private let memory: LoopMemory
  private let stream: Source

  init(_ sockets: [CInt], _ stream: Source, bufferSize: Int) {
    self.stream = stream
    memory = LoopMemory(size: bufferSize)
    connections = .allocate(capacity: sockets.count)
    for (index, socket) in sockets.enumerated() {
      connections.initializeElement(
        at: index,
        to: Connection(
          engine: WebSocketEngine(role: .server, input: bufferSize, output: bufferSize), socket: socket))
    }
  }

  deinit {
    for index in connections.indices { connections[index].engine.close(to: memory) }
    connections.deinitialize()
    connections.deallocate()
  }

  func number(of index: Int) -> CInt { connections[index].socket }

  func serve(_ index: Int) throws -> Int { try Self.serve(&connections[index], stream, memory) }

  private static func serve(_ connection: inout Connection, _ stream: Source, _ memory: LoopMemory) throws -> Int {
    let socket = connection.socket
    connection.engine.receiving.makeRoom(from: memory)
    try connection.engine.receiving.input.withFree { room throws(Lost) in
      try room.withUnsafeMutableBytes { bytes, count throws(Lost) in
        count = try stream.receive(socket, into: bytes)
      }
    }
    let messages = try echo(&connection.engine, memory)
    if !connection.engine.sending.output.isEmpty {
      let sent = try connection.engine.sending.output.withFirst(.max) { bytes throws(Lost) in
        try bytes.withUnsafeBytes { bytes throws(Lost) in try stream.send(socket, bytes) }
      }
      connection.engine.sent(sent, to: memory)
    }
    connection.engine.receiving.releaseMemory(to: memory)
    return messages
  }

  /// Puts the echoes of all whole messages into the output.
  private static func echo(_ engine: inout WebSocketEngine, _ memory: LoopMemory) throws -> Int {
    var messages = 0
    while true {
      switch engine.next(from: memory) {
      case .needsInput: return messages
      case .data:
        let message = engine.receiving.message
        let count = engine.receiving.available
        // A frame of which more is to come stays in the input.
        guard UInt64(count) == message.remaining else { return messages }
        try engine.receiving.prepare(count)
        try engine.receiving.withPayload(count) { payload throws(SendFailure) in
          try engine.sending.send(
            message.isContinuation ? .continuation : message.isText ? .text : .binary, Payload(payload),
            isFinal: message.isFinal, key: nil, &engine.state, from: memory)
        }
        engine.receiving.takePayload(count)
        messages += 1
      case .control: engine.finishControl(from: memory)
      case .needsOutput, .failed, .ended: throw Lost()
      }
    }
  }
}
