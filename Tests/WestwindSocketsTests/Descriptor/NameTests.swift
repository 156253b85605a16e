import SystemPackage
import Testing
import Westwind
import WestwindSockets
import WestwindTestPeer
import WestwindTesting

struct NameTests {
  @Test func `each end of TCP has the other's name`() throws {
    try withStream(.tcp) { a, b in
      #expect(try a.getpeername() == b.getsockname())
      #expect(try b.getpeername() == a.getsockname())
      let name = try a.getsockname()
      #expect(name.family == .ipv4)
      #expect(name.description == "127.0.0.1:\(try #require(name.port))")
    }
  }

  @Test func `a pair has no names but a family`() throws {
    try withStream(.unix) { (a, _) throws in
      #expect(try a.getsockname().family == .unix)
      #expect(try a.getpeername().port == nil)
      #expect(try a.getpeername().description == "")
    }
  }

  @Test func `layered descriptors have the names of the socket below`() throws {
    let (tcp, peer) = try tcpPair()
    let scripted = try ScriptedSocket.make(over: tcp, script: .init()).descriptor
    let (ws, other) = try webSocketPair(client: scripted, server: peer)
    defer { for descriptor in [ws.descriptor, other.descriptor, scripted, tcp, peer] { try? descriptor.close() } }
    for descriptor in [ws.descriptor, scripted] {
      #expect(try descriptor.getsockname() == tcp.getsockname())
      #expect(try descriptor.getpeername() == tcp.getpeername())
    }
    #expect(try other.descriptor.getpeername() == tcp.getsockname())
  }

  @Test func `memory has no names`() throws {
    try withStream(.memory) { a, _ in
      #expect(throws: Errno.notSupported) { try a.getsockname() }
      #expect(throws: Errno.notSupported) { try a.getpeername() }
    }
  }

  @Test func `a socket that is not connected has no peer`() throws {
    let socket = try SocketDescriptor.open(.ipv4)
    defer { try? socket.close() }
    #expect(throws: Errno.socketNotConnected) { try socket.getpeername() }
    #expect(try socket.getsockname() == SocketAddress.ipv4("0.0.0.0", port: 0))
    #expect(throws: Errno.badFileDescriptor) { try SocketDescriptor(rawValue: .max).getsockname() }
  }
}
