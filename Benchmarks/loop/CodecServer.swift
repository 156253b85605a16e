import WebSocketProtocol

/// The codec and nothing else: a header is read, the payload unmasked, and a header written. One buffer each way for all
/// connections; no rule of the protocol is looked at, and there are no control frames and no fragments.
final class CodecServer<Source: Stream>: EchoServer {
  private struct Connection {
    let socket: CInt
    /// The beginning of a frame that is not whole.
    var rest: [UInt8] = []
  }

  private var connections: [Connection]
  private let input: UnsafeMutableBufferPointer<UInt64>
  private let output: UnsafeMutableRawBufferPointer
  private let stream: Source

  init(_ sockets: [CInt], _ stream: Source, bufferSize: Int) {
    self.stream = stream
    connections = sockets.map { Connection(socket: $0) }
    input = .allocate(capacity: bufferSize / 8)
    output = .allocate(byteCount: bufferSize, alignment: 8)
  }

  deinit {
    input.deallocate()
    output.deallocate()
  }

  func number(of index: Int) -> CInt { connections[index].socket }

  func serve(_ index: Int) throws -> Int {
    let socket = connections[index].socket
    let bytes = UnsafeMutableRawBufferPointer(input)
    let old = connections[index].rest.count
    if old > 0 {
      connections[index].rest.withUnsafeBytes { bytes.copyMemory(from: $0) }
      connections[index].rest = []
    }
    let count = old + (try stream.receive(socket, into: UnsafeMutableRawBufferPointer(rebasing: bytes[old...])))
    let (messages, taken, written) = try echo(count)
    if taken < count { connections[index].rest = Array(bytes[taken..<count]) }
    guard written > 0 else { return messages }
    let sent = try stream.send(socket, UnsafeRawBufferPointer(rebasing: output[..<written]))
    guard sent == written else { throw Lost() }
    return messages
  }

  private func echo(_ count: Int) throws(ProtocolViolation) -> (messages: Int, taken: Int, written: Int) {
    let bytes = Span<UInt8>(_unsafeBytes: UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(input)[..<count]))
    var words = input.mutableSpan
    var room = MutableSpan<UInt8>(_unsafeBytes: output)
    var (messages, taken, written) = (0, 0, 0)
    while true {
      var index = taken
      guard let header = try FrameHeader.read(bytes, from: &index) else { break }
      let size = Int(header.payloadLength)
      guard count - index >= size else { break }
      header.maskingKey?.apply(to: &words, bytes: index..<(index + size), payloadOffset: 0)
      let answer = FrameHeader(isFinal: header.isFinal, opcode: header.opcode, payloadLength: header.payloadLength)
      written += answer.encode(into: &room, at: written)
      precondition(output.count - written >= size)
      (output.baseAddress! + written).copyMemory(from: UnsafeRawPointer(input.baseAddress!) + index, byteCount: size)
      written += size
      taken = index + size
      messages += 1
    }
    return (messages, taken, written)
  }
}
