import CWestwind
import Glibc
import Synchronization
import Testing
import Westwind
import WestwindC
import WestwindSockets

/// Codes that a program in C cannot bring about by itself.
struct LimitTests {
  @Test func `as many WebSockets are opened as WEBSOCKET_MAX_CONTEXTS allows, and no more`() async {
    await #expect(processExitsWith: .success) {
      WebSocketOptions.zephyrContexts.store(2, ordering: .relaxed)
      let pairs = try (0..<3).map { _ in try SocketDescriptor.pair() }
      let memory = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: 3 * 64)
      let register = { i in websocket_register(pairs[i].0.rawValue, memory.baseAddress! + 64 * i, 64) }
      let (first, second) = (register(0), register(1))
      try #require(first >= 0 && second >= 0)
      #expect(register(2) == -ENOENT)
      "/".withCString { text in
        var request = websocket_request()
        request.host = text
        request.url = text
        request.tmp_buf = memory.baseAddress! + 128
        request.tmp_buf_len = 64
        #expect(websocket_connect(pairs[2].0.rawValue, &request, 1000, nil) == -ENOENT)
      }
      // one ends, and there is room for one
      #expect(websocket_unregister(first) == 0)
      #expect(register(2) >= 0)
      #expect(websocket_unregister(second) == 0)
    }
  }

  @Test func `a WebSocket that another thread is freeing is told by EALREADY`() throws {
    let (socket, peer) = try SocketDescriptor.pair()
    defer { try? peer.close() }
    let memory = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: 64)
    defer { memory.deallocate() }
    let ws = websocket_register(socket.rawValue, memory.baseAddress, memory.count)
    try #require(ws >= 0)
    let code = unregister(ws) { #expect(websocket_unregister(ws) == 0) }
    #expect(code == -EALREADY)
  }
}
