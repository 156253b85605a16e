import CEchoLoop
import Glibc

/// A way to echo: what is kept for each connection, and what is done if bytes have come.
protocol EchoServer: AnyObject {
  /// The number to watch for a connection.
  func number(of index: Int) -> CInt
  /// Bytes have come on a connection.
  ///
  /// - Returns: messages echoed.
  func serve(_ index: Int) throws -> Int
}

/// One `epoll` over the connections of a server.
final class Loop<Server: EchoServer> {
  private let instance = epoll_create1(CInt(EPOLL_CLOEXEC))
  private let server: Server
  private let events = UnsafeMutableBufferPointer<epoll_event>.allocate(capacity: 256)

  init(_ server: Server, connections: Int) {
    self.server = server
    precondition(instance >= 0, "no epoll")
    for index in 0..<connections {
      var event = epoll_event(events: EPOLLIN.rawValue, data: epoll_data_t(u32: UInt32(index)))
      precondition(epoll_ctl(instance, EPOLL_CTL_ADD, server.number(of: index), &event) == 0, "no epoll_ctl")
    }
  }

  deinit {
    close(instance)
    events.deallocate()
  }

  /// Serves until so many messages have been echoed. Waits ten seconds at the most for the next.
  func run(messages: Int) throws {
    var served = 0
    while served < messages {
      let count = epoll_wait(instance, events.baseAddress, CInt(events.count), 10_000)
      guard count > 0 else {
        guard count < 0, errno == EINTR else { throw Lost() }
        continue
      }
      for i in 0..<Int(count) { served += try server.serve(Int(events[i].data.u32)) }
    }
  }
}
