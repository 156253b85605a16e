import Westwind
import WestwindSockets

/// The library's descriptors: each has a number that polls readable for its messages.
final class DescriptorServer: EchoServer {
  private let descriptors: [WebSocketDescriptor]
  private let buffer: UnsafeMutableRawBufferPointer
  private let depth: Int

  /// - Parameter depth: the most messages that come together.
  init(_ sockets: [CInt], bufferSize: Int, depth: Int) throws {
    descriptors = try sockets.map { try websocketRegister(SocketDescriptor(rawValue: $0)) }
    buffer = .allocate(byteCount: bufferSize, alignment: 8)
    self.depth = depth
  }

  deinit {
    for descriptor in descriptors { try? websocketUnregister(descriptor, timeout: .immediate) }
    buffer.deallocate()
  }

  func number(of index: Int) -> CInt { descriptors[index].rawValue }

  func serve(_ index: Int) throws -> Int {
    for messages in 0..<depth {
      do throws(WebSocketError) {
        let message = try descriptors[index].recvMsg(into: buffer, timeout: .immediate)
        guard message.endsMessage else { throw .aborted }
        let payload = RawSpan(_unsafeBytes: UnsafeRawBufferPointer(rebasing: buffer[..<message.count]))
        _ = try descriptors[index].sendMsg(
          payload, opcode: message.isText ? .text : .binary, timeout: .immediate)
      } catch .wouldBlock {
        return messages
      }
    }
    return depth
  }
}
