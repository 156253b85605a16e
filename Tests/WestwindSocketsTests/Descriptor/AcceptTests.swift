import SystemPackage
import Testing
import WestwindSockets
import WestwindTestPeer
import WestwindTestSupport

struct AcceptTests {
  @Test func `a connection that waits is taken at once`() throws {
    let listener = try listening()
    let client = try SocketDescriptor.open(.ipv4)
    defer { for socket in [listener, client] { try? socket.close() } }
    try client.connect(to: try listener.getsockname(), timeout: .seconds(20))
    let server = try listener.accept(timeout: .seconds(20))
    defer { try? server.close() }
    #expect(try server.getpeername() == client.getsockname())
    #expect(try !server.isNonBlocking())
    #expect(try !listener.isNonBlocking())
  }

  @Test func `where none comes the time passes`() throws {
    let listener = try listening()
    defer { try? listener.close() }
    let (_, time) = elapsed {
      #expect(throws: Errno.wouldBlock) { try listener.accept(timeout: .milliseconds(100)) }
    }
    #expect(time >= .milliseconds(99) && time < inTime)
    #expect(throws: Errno.wouldBlock) { try listener.accept(timeout: .immediate) }
  }

  @Test func `a non-blocking listener does not wait unless it is told to`() throws {
    let listener = try listening()
    let client = try SocketDescriptor.open(.ipv4)
    defer { for socket in [listener, client] { try? socket.close() } }
    try listener.setNonBlocking(true)
    #expect(throws: Errno.wouldBlock) { try listener.accept() }
    let call = BlockedCall { try listener.accept(timeout: .seconds(30)) }
    try call.waitUntilBlocked()
    try client.connect(to: try listener.getsockname(), timeout: .seconds(20))
    try call.join().close()
    #expect(try listener.isNonBlocking())
  }

  @Test(arguments: [nil, Timeout.seconds(30), .forever])
  func `a listener waits, signals or not`(_ timeout: Timeout?) throws {
    let listener = try listening()
    let client = try SocketDescriptor.open(.ipv4)
    defer { for socket in [listener, client] { try? socket.close() } }
    let address = try listener.getsockname()
    let call = BlockedCall { try listener.accept(timeout: timeout) }
    try Pestering.join(call) { try client.connect(to: address, timeout: .seconds(20)) }.close()
  }

  @Test(arguments: [false, true])
  func `of many threads that wait for one connection the others get nothing, in time`(_ isNonBlocking: Bool) throws {
    for _ in 0..<3 {
      let listener = try listening()
      let client = try SocketDescriptor.open(.ipv4)
      defer { for socket in [listener, client] { try? socket.close() } }
      try listener.setNonBlocking(isNonBlocking)
      let calls = (0..<4).map { _ in
        BlockedCall { () throws -> Bool in
          do {
            try listener.accept(timeout: .seconds(2)).close()
            return true
          } catch Errno.wouldBlock {
            return false
          }
        }
      }
      for call in calls { try call.waitUntilBlocked() }
      try client.connect(to: try listener.getsockname(), timeout: .seconds(20))
      #expect(try calls.count { try $0.join() } == 1)
      #expect(try listener.isNonBlocking() == isNonBlocking)
    }
  }

  @Test func `of many connections each thread gets its own`() throws {
    let listener = try listening()
    defer { try? listener.close() }
    let address = try listener.getsockname()
    let count = 8
    let calls = (0..<count).map { _ in BlockedCall { try listener.accept(timeout: .seconds(30)) } }
    let clients = try (0..<count).map { _ in
      let client = try SocketDescriptor.open(.ipv4)
      try client.connect(to: address, timeout: .seconds(20))
      return client
    }
    let servers = try calls.map { try $0.join() }
    defer { for socket in clients + servers { try? socket.close() } }
    #expect(Set(try servers.map { try $0.getpeername() }) == Set(try clients.map { try $0.getsockname() }))
  }

  @Test func `a socket that does not listen cannot accept`() throws {
    let socket = try SocketDescriptor.open(.ipv4)
    defer { try? socket.close() }
    #expect(throws: Errno.invalidArgument) { try socket.accept() }
  }
}
