import SystemPackage
import Testing
import WebSocketProtocol
import WestwindSockets

@testable import Westwind

/// Options and listings, without a connection.
struct OptionsTests {
  @Test func `buffers that are too small are refused, and the smallest is named`() {
    let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: 64, alignment: 8)
    defer { memory.deallocate() }
    func refusal(_ change: (inout WebSocketOptions) -> Void) -> WebSocketError? {
      var options = WebSocketOptions()
      change(&options)
      do throws(WebSocketError) {
        try options.check()
        return nil
      } catch {
        return error
      }
    }
    let small = UnsafeMutableRawBufferPointer(rebasing: memory[..<63])
    #expect(refusal { $0.receiveBuffer = small } == .invalidArgument(.bufferTooSmall(minimum: 64)))
    #expect(refusal { $0.receiveBufferSize = 63 } == .invalidArgument(.bufferTooSmall(minimum: 64)))
    #expect(refusal { $0.transmitBufferSize = 255 } == .invalidArgument(.bufferTooSmall(minimum: 256)))
    #expect(refusal { $0.transmitBufferSize = 255 }?.errno == .invalidArgument)
    for isFine in [
      refusal { $0.receiveBuffer = memory }, refusal { $0.receiveBufferSize = 64 },
      refusal { $0.transmitBufferSize = 256 },
    ] {
      #expect(isFine == nil)
    }
  }

  @Test func `the line of a context has it all`() {
    var context = WebSocketContextInfo(
      descriptor: WebSocketDescriptor(rawValue: 7), socket: SocketDescriptor(rawValue: 5), role: .client,
      local: .loopback(port: 40_000), peer: .loopback(port: 80), subprotocol: nil, state: .open, framesSent: 1,
      framesReceived: 2, bytesSent: 3, bytesReceived: 4)
    let (local, peer) = (SocketAddress.loopback(port: 40_000), SocketAddress.loopback(port: 80))
    #expect(
      context.description == "7/5 client \(local) \(peer) open sent 1 frames 3 bytes, received 2 frames 4 bytes")
    (context.role, context.state, context.local, context.peer) = (.server, .failed, nil, nil)
    #expect(context.description == "7/5 server - - failed sent 1 frames 3 bytes, received 2 frames 4 bytes")
  }
}
