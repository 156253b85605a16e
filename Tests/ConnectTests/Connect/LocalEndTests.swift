import Glibc
import SystemPackage
import Testing
import Westwind
import WestwindSockets
import WestwindTestSupport

/// What this end of a connection is bound to, and addresses that name an interface.
struct LocalEndTests {
  /// Connects with options to a peer on the loopback address, which tells who has come.
  private func connect(_ change: (inout ConnectOptions) -> Void) throws -> SocketAddress {
    let peer = try Peer { socket in
      let address = try socket.getpeername()
      try serveEcho(socket)
      return address
    }
    var options = direct
    change(&options)
    let connection = try websocketConnect(url: peer.url, options: options, timeout: patience)
    #expect(try echoes(connection))
    try connection.close(timeout: patience)
    return try peer.join()[0]
  }

  @Test func `a connection comes from the address that was asked for`() throws {
    let address = try connect { $0.localAddress = .ipv4("127.0.0.7", port: 0) }
    #expect("\(address)".hasPrefix("127.0.0.7:"))
  }

  @Test func `a connection goes through the interface that was asked for`() throws {
    _ = try connect { $0.interface = "lo" }
  }

  @Test(arguments: [
    ("127.0.0.1", "", Errno.addressFamilyNotSupported, "::1"),
    ("192.0.2.1", "", Errno(rawValue: EADDRNOTAVAIL), "127.0.0.1"),
    ("", "no-such-iface", Errno(rawValue: ENODEV), "127.0.0.1"),
    ("", "a-name-that-is-too-long", .invalidArgument, "127.0.0.1"),
    ("", "", Errno.connectionRefused, "127.0.0.1"),
  ])
  func `an end that cannot be had is told with its address`(
    address: String, interface: String, error: Errno, host: String
  ) throws {
    var options = direct
    if !address.isEmpty { options.localAddress = .ipv4(address, port: 0) }
    if !interface.isEmpty { options.interface = interface }
    let port = try freePort()
    let url = host.contains(":") ? "ws://[\(host)]:\(port)/" : "ws://\(host):\(port)/"
    let failure = failure { try websocketConnect(url: url, options: options, timeout: patience) }
    #expect(failure?.connect?.attempts.map { $0.error } == [error])
    #expect(failure?.errno == error)
  }

  @Test func `an interface that is not there is told by its name`() {
    let error = failure { try websocketConnect(url: "ws://[fe80::1%25nowhere0]/", options: direct, timeout: patience) }
    #expect(error?.connect?.phase == .resolution)
    #expect(error?.description.contains("this machine has no interface 'nowhere0'") == true)
  }

  @Test func `an address with an interface has its number`() throws {
    let number = Int(if_nametoindex("lo"))
    #expect(SocketAddress.ipv6("fe80::1%lo", port: 1) == SocketAddress.ipv6("fe80::1%\(number)", port: 1))
    #expect(SocketAddress.ipv6("fe80::1%lo", port: 1) != SocketAddress.ipv6("fe80::1", port: 1))
    for text in ["fe80::1%", "fe80::1%nowhere0", "fe80::1%0", "fe80::1%lo%lo", "fe80::1%lo\0"] {
      #expect(SocketAddress.ipv6(text, port: 1) == nil)
    }
  }

  /// Two ends of a cable, in a network of the test's own.
  @Test(.timeLimit(.minutes(5))) func `a server on the link is reached by a URL with its interface`() async {
    await #expect(processExitsWith: .success) {
      await inPrivateNetwork(hosts: "127.0.0.1 localhost\n") {
        let ip = try #require(Tool.find("ip"))
        for command in [
          "link add va type veth peer name vb", "addr add fe80::aa/64 dev va nodad",
          "addr add fe80::bb/64 dev vb nodad",
          "link set va up", "link set vb up",
        ] {
          let done = try ChildProcess.run(ip, command.split(separator: " ").map(String.init))
          #expect(done.status == .exited(0), "\(done.errors)")
        }
        let server = try Peer(at: try #require(.ipv6("fe80::aa%va", port: 0)), connections: 2) { socket in
          let request = HTTPHead(
            text: String(decoding: try socket.recv(maxCount: 8192, flags: .peek, timeout: patience), as: UTF8.self))
          try serveEcho(socket)
          return request.values("Host")
        }
        for options in [direct, ConnectOptions()] {
          // A proxy of the environment does not reach the link.
          setenv("all_proxy", "http://127.0.0.1:1/", 1)
          let connection = try websocketConnect(
            url: "ws://[fe80::aa%25vb]:\(server.port)/", options: options, timeout: patience)
          #expect(try echoes(connection))
          #expect(connection.peer.map { "\($0)" } == "[fe80::aa%vb]:\(server.port)")
          try connection.close(timeout: patience)
        }
        for hosts in try server.join() { #expect(hosts == ["[fe80::aa]:\(server.port)"]) }
        let error = failure {
          try websocketConnect(url: "ws://[fe80::aa]:\(server.port)/", options: direct, timeout: patience)
        }
        #expect(error?.connect?.phase == .connection)
      }
    }
  }
}
