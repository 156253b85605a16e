import Testing
import WestwindSockets
import WestwindTestPeer

struct ResolveTests {
  @Test func `localhost is this machine`() throws {
    let addresses = try SocketAddress.resolve(host: "localhost", port: 80)
    #expect(!addresses.isEmpty)
    #expect(addresses.allSatisfy { $0.port == 80 })
    #expect(addresses.allSatisfy { $0.description == "127.0.0.1:80" || $0.description == "[::1]:80" })
  }

  @Test func `an address as a name is itself, once`() throws {
    #expect(try SocketAddress.resolve(host: "192.0.2.7", port: 9001) == [.ipv4("192.0.2.7", port: 9001)!])
    #expect(try SocketAddress.resolve(host: "2001:db8::7", port: 443) == [.ipv6("2001:db8::7", port: 443)!])
  }

  @Test(arguments: [0, 1, 65535] as [UInt16])
  func `every port can be asked for`(_ port: UInt16) throws {
    #expect(try SocketAddress.resolve(host: "127.0.0.1", port: port).map(\.port) == [port])
  }

  @Test(arguments: ["", "a..b", "no such host", "127.0.0.1\0", String(repeating: "x", count: 300)])
  func `a name without an address says so`(_ host: String) throws {
    let error = try #require(throws: ResolutionError.self) {
      try SocketAddress.resolve(host: host, port: 80)
    }
    #expect(error.host == host)
    #expect(!error.reason.isEmpty)
    #expect(error.description == "cannot find the address of \(host): \(error.reason)")
  }

  @Test func `what is found can be connected to`() throws {
    let listener = try listening()
    defer { try? listener.close() }
    let port = try #require(try listener.getsockname().port)
    let address = try #require(try SocketAddress.resolve(host: "127.0.0.1", port: port).first)
    let client = try SocketDescriptor.open(.ipv4)
    defer { try? client.close() }
    try client.connect(to: address, timeout: .seconds(20))
    #expect(try client.getpeername() == address)
  }
}
