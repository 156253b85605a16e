import Testing
import WestwindSockets

struct SocketAddressTests {
  @Test(arguments: [
    ("127.0.0.1", 80, "127.0.0.1:80"), ("0.0.0.0", 0, "0.0.0.0:0"), ("255.255.255.255", 65535, "255.255.255.255:65535"),
  ])
  func `an IPv4 address reads as it is written`(_ text: String, _ port: UInt16, _ description: String) throws {
    let address = try #require(SocketAddress.ipv4(text, port: port))
    #expect(address.description == description)
    #expect(address.port == port)
    #expect(address.family == .ipv4)
  }

  @Test(arguments: [
    ("::1", 80, "[::1]:80"), ("::", 0, "[::]:0"), ("2001:DB8:0:0::7", 65535, "[2001:db8::7]:65535"),
    ("::ffff:192.0.2.1", 1, "[::ffff:192.0.2.1]:1"),
  ])
  func `an IPv6 address is shown in brackets and in its short form`(
    _ text: String, _ port: UInt16, _ description: String
  ) throws {
    let address = try #require(SocketAddress.ipv6(text, port: port))
    #expect(address.description == description)
    #expect(address.port == port)
    #expect(address.family == .ipv6)
  }

  @Test(arguments: [
    "", " ", "localhost", "127.0.0", "127.0.0.1.1", "256.0.0.1", "127.0.0.1:80", " 127.0.0.1", "127.0.0.1 ", "0x7f.1",
    "::1", "127.0.0.1\0", "127.0.0.1\0evil",
  ])
  func `text that is no IPv4 address gives none`(_ text: String) {
    #expect(SocketAddress.ipv4(text, port: 1) == nil)
  }

  @Test(arguments: [
    "", "localhost", "[::1]", ":::", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "::12345", "127.0.0.1", "::1%", "::1\0",
  ])
  func `text that is no IPv6 address gives none`(_ text: String) {
    #expect(SocketAddress.ipv6(text, port: 1) == nil)
  }

  @Test func `a path is an address without a port`() throws {
    let address = try #require(SocketAddress.unix(path: "/run/a socket"))
    #expect(address.description == "/run/a socket")
    #expect(address.port == nil)
    #expect(address.family == .unix)
  }

  @Test func `a path is as long as the kernel's structure allows`() throws {
    let longest = String(repeating: "x", count: 107)
    #expect(try #require(SocketAddress.unix(path: longest)).description == longest)
    #expect(SocketAddress.unix(path: longest + "x") == nil)
    #expect(SocketAddress.unix(path: "") == nil)
    #expect(SocketAddress.unix(path: "a\0b") == nil)
  }

  @Test func `the loopback address is the one of IPv4`() {
    #expect(SocketAddress.loopback(port: 7) == SocketAddress.ipv4("127.0.0.1", port: 7))
  }

  @Test func `addresses are equal when all of them is`() throws {
    let address = try #require(SocketAddress.ipv4("127.0.0.1", port: 80))
    #expect(address == SocketAddress.ipv4("127.0.0.1", port: 80))
    #expect(address != SocketAddress.ipv4("127.0.0.1", port: 81))
    #expect(address != SocketAddress.ipv4("127.0.0.2", port: 80))
    #expect(SocketAddress.ipv6("::1", port: 80) == SocketAddress.ipv6("0:0:0:0:0:0:0:1", port: 80))
    #expect(SocketAddress.ipv6("::", port: 80) != SocketAddress.ipv4("0.0.0.0", port: 80))
    #expect(SocketAddress.unix(path: "/a") != SocketAddress.unix(path: "/ab"))
    #expect(Set([address, address]).count == 1)
  }
}
