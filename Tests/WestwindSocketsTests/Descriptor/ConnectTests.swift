import Glibc
import SystemPackage
import Testing
import WestwindSockets
import WestwindTestPeer
import WestwindTestSupport

struct ConnectTests {
  @Test func `a connection carries bytes both ways`() throws {
    try withStream(.tcp) { client, server in
      try client.send("there".bytes)
      try server.send("back".bytes)
      #expect(try server.receiveAll(5) == "there".bytes)
      #expect(try client.receiveAll(4) == "back".bytes)
    }
  }

  @Test(.enabled(if: hasIPv6, "this machine has no IPv6 loopback address"))
  func `IPv6 is connected to as IPv4 is`() throws {
    let (client, server) = try tcpPair(address: SocketAddress.ipv6("::1", port: 0)!)
    defer { for socket in [client, server] { try? socket.close() } }
    try client.send("hello".bytes)
    #expect(try server.receiveAll(5) == "hello".bytes)
    #expect(try client.getpeername().description.hasPrefix("[::1]:"))
  }

  @Test(arguments: [Timeout.forever, .seconds(20)])
  func `where nobody listens the connection is refused`(_ timeout: Timeout) throws {
    // Bound and not listening: nobody else can listen there meanwhile.
    let nobody = try SocketDescriptor.open(.ipv4)
    let client = try SocketDescriptor.open(.ipv4)
    defer { for socket in [nobody, client] { try? socket.close() } }
    try nobody.bind(to: .loopback(port: 0))
    let address = try nobody.getsockname()
    #expect(throws: Errno.connectionRefused) { try client.connect(to: address, timeout: timeout) }
    #expect(try !client.isNonBlocking())
  }

  @Test func `a path that is not there is an error of its own`() throws {
    let client = try SocketDescriptor.open(.unix)
    defer { try? client.close() }
    let address = try #require(SocketAddress.unix(path: "/nowhere/to be found"))
    #expect(throws: Errno.noSuchFileOrDirectory) { try client.connect(to: address, timeout: .seconds(20)) }
  }

  @Test func `a server that does not answer is given up at the timeout`() throws {
    let crowd = try Crowd()
    defer { crowd.close() }
    let client = try SocketDescriptor.open(.ipv4)
    defer { try? client.close() }
    let (_, time) = elapsed {
      #expect(throws: Errno.timedOut) { try client.connect(to: crowd.address, timeout: .milliseconds(300)) }
    }
    #expect(time >= .milliseconds(299) && time < inTime)
    #expect(try !client.isNonBlocking())
  }

  @Test func `no time at all is too little for a server that does not answer`() throws {
    let crowd = try Crowd()
    defer { crowd.close() }
    let client = try SocketDescriptor.open(.ipv4)
    defer { try? client.close() }
    #expect(throws: Errno.timedOut) { try client.connect(to: crowd.address, timeout: .immediate) }
  }

  @Test func `signals do not end a connect, nor prolong it`() throws {
    let crowd = try Crowd()
    defer { crowd.close() }
    let address = crowd.address
    let client = try SocketDescriptor.open(.ipv4)
    defer { try? client.close() }
    let call = BlockedCall {
      elapsed { #expect(throws: Errno.timedOut) { try client.connect(to: address, timeout: .milliseconds(400)) } }
    }
    let (_, time) = try Pestering.join(call)
    #expect(time >= .milliseconds(399) && time < inTime)
  }

  @Test func `a listener on a path whose queue is full is waited for`() throws {
    try withTemporaryFolder { folder in
      let address = try #require(SocketAddress.unix(path: folder + "/socket"))
      let listener = try listening(on: address, backlog: 0)
      let clients = try (0..<3).map { _ in try SocketDescriptor.open(.unix) }
      defer { for socket in clients + [listener] { try? socket.close() } }
      try clients[0].connect(to: address, timeout: .seconds(20))

      #expect(throws: Errno.timedOut) { try clients[1].connect(to: address, timeout: .milliseconds(100)) }
      let call = BlockedCall { try clients[2].connect(to: address, timeout: .seconds(30)) }
      try call.waitUntilBlocked()
      try listener.accept(timeout: .seconds(20)).close()
      try call.join()
      try listener.accept(timeout: .seconds(20)).close()
    }
  }

  @Test func `a non-blocking socket stays so, and is connected when the call returns`() throws {
    let listener = try listening()
    let client = try SocketDescriptor.open(.ipv4)
    defer { for socket in [listener, client] { try? socket.close() } }
    try client.setNonBlocking(true)
    try client.connect(to: try listener.getsockname(), timeout: .seconds(20))
    #expect(try client.isNonBlocking())
    #expect(try client.getpeername() == listener.getsockname())
  }

  @Test func `a number that is not open cannot be connected`() {
    #expect(throws: Errno.badFileDescriptor) {
      try SocketDescriptor(rawValue: .max).connect(to: .loopback(port: 1), timeout: .seconds(20))
    }
  }
}

private let hasIPv6: Bool = {
  guard let listener = try? listening(on: SocketAddress.ipv6("::1", port: 0)!) else { return false }
  try? listener.close()
  return true
}()

/// A listener that has taken more connections than fit its queue, so that the kernel drops those that come.
private struct Crowd {
  let address: SocketAddress
  private let sockets: [SocketDescriptor]

  init() throws {
    let listener = try listening(backlog: 0)
    let address = try listener.getsockname()
    self.address = address
    // The queue holds one more than it is asked to.
    let clients = try (0..<8).map { _ in try SocketDescriptor.open(.ipv4) }
    sockets = [listener] + clients
    for client in clients where !Crowd.isTaken(client, address) { return }
    close()
    throw TestSupportError("the listener takes more connections than it has room for")
  }

  private static func isTaken(_ client: SocketDescriptor, _ address: SocketAddress) -> Bool {
    (try? client.connect(to: address, timeout: .milliseconds(200))) != nil
  }

  func close() {
    for socket in sockets { try? socket.close() }
  }
}
