import CWestwind
import Glibc
import Testing
import WestwindC
import WestwindSockets
import WestwindTestSupport

/// The functions of `<westwind.h>` from many threads of this process, so that the thread sanitizer sees them: programs in C are
/// not linked with it.
@Suite(.serialized, .timeLimit(.minutes(5))) struct CThreadsTests {
  static let patience: Int32 = 120_000
  static let clients = 4
  static let rounds = 30

  @Test func `connections by URL are opened, listed, changed and ended by many threads at once`() throws {
    let listener = try SocketDescriptor.open(.ipv4)
    try listener.bind(to: try #require(.ipv4("127.0.0.1", port: 0)))
    try listener.listen()
    let url = "ws://127.0.0.1:\(try #require(try listener.getsockname().port))/chat"
    // Half of a client's connections are refused.
    let server = BlockingThread {
      let threads = try (0..<(Self.clients * Self.rounds)).map { _ in
        let socket = try listener.accept(timeout: .seconds(120)).rawValue
        return BlockingThread { Self.serve(socket) }
      }
      for thread in threads { try thread.join() }
    }
    let clients = (0..<Self.clients).map { client in
      BlockingThread { for round in 0..<Self.rounds { try Self.connect(url, client, round) } }
    }
    for client in clients { try client.join() }
    try server.join()
    try listener.close()
    #expect(westwind_context_foreach({ _, _ in }, nil) == 0)
  }

  /// Sends back what comes.
  private static func serve(_ socket: CInt) {
    var options = westwind_upgrade_options()
    westwind_upgrade_options_init(&options)
    options.on_request = { request, refusal, _ in
      _ = westwind_refusal_add_field(refusal, "Retry-After", "1")
      return strcmp(request!.pointee.origin ?? request!.pointee.path, "/chat") == 0 ? 0 : 503
    }
    let ws = westwind_upgrade(socket, &options, patience, nil)
    guard ws >= 0 else {
      _ = zsock_close(socket)
      return
    }
    var bytes = [UInt8](repeating: 0, count: 64)
    var type: UInt32 = 0
    while true {
      let count = westwind_recv_message(ws, &bytes, bytes.count, &type, patience)
      guard count >= 0, type & UInt32(WEBSOCKET_FLAG_CLOSE) == 0,
        websocket_send_msg(ws, bytes, Int(count), WEBSOCKET_OPCODE_DATA_TEXT, false, true, patience) == count
      else { break }
    }
    _ = websocket_unregister(ws)
  }

  private static func connect(_ url: String, _ client: Int, _ round: Int) throws {
    var options = westwind_connect_options()
    westwind_connect_options_init(&options)
    var error = westwind_error()
    let isRefused = round % 5 == 4
    let ws = "http://elsewhere.example".withCString { origin in
      if isRefused { options.origin = origin }
      return westwind_connect_url(url, &options, patience, &error)
    }
    guard !isRefused else {
      #expect(ws == -ECONNABORTED && error.status == 503)
      return
    }
    try #require(ws >= 0)
    var value: CInt = 1000
    #expect(
      zsock_setsockopt(ws, SOL_WEBSOCKET, WEBSOCKET_MESSAGE_LIMIT, &value, socklen_t(MemoryLayout<CInt>.size)) == 0)
    // Looks at every connection there is while the others open and end theirs.
    let count = westwind_context_foreach(
      { context, _ in
        var status = westwind_close()
        var error = westwind_error()
        _ = westwind_close_status(context!.pointee.ws, &status)
        _ = westwind_last_error(context!.pointee.ws, &error)
      }, nil)
    #expect(count >= 1)
    let receiver = BlockingThread {
      var bytes = [UInt8](repeating: 0, count: 64)
      return [
        westwind_recv_message(ws, &bytes, bytes.count, nil, patience),
        // The echo is there before this call, so the connection is, too.
        westwind_peek_msg(ws, nil, nil, patience),
      ]
    }
    #expect(websocket_send_msg(ws, "hello", 5, WEBSOCKET_OPCODE_DATA_TEXT, true, true, patience) == 5)
    if round % 2 == 0 {
      // The receiver's second call finds the peer's CLOSE.
      _ = zsock_shutdown(ws, ZSOCK_SHUT_WR)
      #expect(try receiver.join() == [5, 0])
    } else {
      #expect(websocket_send_msg(ws, "again", 5, WEBSOCKET_OPCODE_DATA_TEXT, true, true, patience) == 5)
      #expect(try receiver.join() == [5, 0])
    }
    if client % 2 == 0 {
      #expect(westwind_disconnect(ws, 1000, nil, 0, nil) == 0)
    } else {
      #expect(zsock_close(ws) == 0)
    }
  }
}
