import Glibc
import SystemPackage
import Testing
import Westwind
import WestwindSockets
import WestwindTestSupport

/// What needs names and a network of its own: each test is a process in a network namespace that it makes.
@Suite(.timeLimit(.minutes(5))) struct PrivateNetworkTests {
  @Test func `a resolver that hangs is left behind at the deadline`() async {
    await #expect(processExitsWith: .success) {
      await inPrivateNetwork(hosts: "127.0.0.1 localhost\n") {
        // A name server that takes every question and answers none.
        let blackHole = try SocketDescriptor.open(.ipv4, .datagram)
        try blackHole.bind(to: .loopback(port: 53))
        for (url, options) in [
          ("ws://server.example/", direct), ("ws://127.0.0.1/", through("http://server.example:3128")),
          ("ws://server.example/", through("socks5://127.0.0.1:1")),
        ] {
          let start = ContinuousClock.now
          let error = failure { try websocketConnect(url: url, options: options, timeout: .milliseconds(300)) }
          #expect(error?.timedOutPhase == .resolution)
          #expect(error?.errno == .timedOut)
          #expect(error?.description.contains("server.example") == true)
          #expect(ContinuousClock.now - start >= .milliseconds(300))
          #expect(ContinuousClock.now - start < .seconds(20))
        }
        try expectNumericAddressWorks()
        try blackHole.close()
      }
    }
  }

  @Test func `attempts without end leave 16 threads behind a resolver that hangs, and no more`() async {
    await #expect(processExitsWith: .success) {
      await inPrivateNetwork(hosts: "127.0.0.1 localhost\n") {
        let blackHole = try SocketDescriptor.open(.ipv4, .datagram)
        try blackHole.bind(to: .loopback(port: 53))
        let before = threadCount()
        for i in 1...40 {
          let error = failure {
            try websocketConnect(url: "ws://server\(i).example/", options: direct, timeout: .milliseconds(20))
          }
          #expect(error?.timedOutPhase == .resolution)
          #expect(error?.connect?.lookUpsBefore == (i <= 16 ? 0 : 16))
          if i == 17 { #expect(error?.description.contains("16 other look-ups, which is the limit") == true) }
        }
        #expect(threadCount() - before < 24)  // a few of the runtime's own may have come
        try expectNumericAddressWorks()
        try blackHole.close()
      }
    }
  }

  @Test func `a name server that is not there is told in the resolver's words`() async {
    await #expect(processExitsWith: .success) {
      await inPrivateNetwork(hosts: "") {
        let error = failure { try websocketConnect(url: "ws://server.example/", options: direct, timeout: patience) }
        #expect(error?.connect?.phase == .resolution)
        #expect(error?.errno == .noRouteToHost)
        #expect(error?.description.contains("server.example: Temporary failure in name resolution") == true)
      }
    }
  }

  @Test func `the second address of a name is used where the first swallows SYN`() async {
    await #expect(processExitsWith: .success) {
      await inPrivateNetwork(hosts: "127.0.0.1 two.example\n127.0.0.2 two.example\n") {
        let swallower = try Swallower()
        let port = swallower.address.port!
        let peer = try Peer(at: .ipv4("127.0.0.2", port: port)!) { try serveEcho($0) }
        let connection = try websocketConnect(url: "ws://two.example:\(port)/", options: direct, timeout: patience)
        #expect(try echoes(connection))
        let address = connection.peer
        #expect(address == peer.address)
        try connection.close(timeout: patience)
        _ = try peer.join()
        swallower.close()
      }
    }
  }

  @Test func `a name whose addresses all swallow SYN ends at the deadline and names them`() async {
    await #expect(processExitsWith: .success) {
      await inPrivateNetwork(hosts: "127.0.0.1 one.example\n") {
        let swallower = try Swallower()
        let port = swallower.address.port!
        let error = timedOut(in: .connection) { timeout in
          failure { try websocketConnect(url: "ws://one.example:\(port)/", options: direct, timeout: timeout) }
        }
        #expect(error?.timedOutPhase == .connection)
        #expect(error?.connect?.attempts.map { $0.error } == [.timedOut])
        #expect(error?.description.contains("one.example:\(port) (127.0.0.1:\(port): no answer)") == true)
        // The same on the way to a proxy.
        let proxied = timedOut(in: .connection) { timeout in
          failure {
            try websocketConnect(
              url: "ws://one.example/", options: through("http://one.example:\(port)"), timeout: timeout)
          }
        }
        #expect(proxied?.timedOutPhase == .connection)
        swallower.close()
      }
    }
  }

  @Test func `a socket that TCP connects to itself is one that nobody answered`() async {
    await #expect(processExitsWith: .success) {
      await inPrivateNetwork(hosts: "") {
        // The only port that the kernel has for a client is the one that is asked for.
        let range = try #require(fopen("/proc/sys/net/ipv4/ip_local_port_range", "w"))
        fputs("40000 40000", range)
        try #require(fclose(range) == 0)
        let error = failure { try websocketConnect(url: "ws://127.0.0.1:40000/", options: direct, timeout: patience) }
        #expect(error?.errno == .connectionRefused)
        #expect(error?.connect?.phase == .connection)
      }
    }
  }

  @Test func `IPv6 comes first, and a family without a route is passed by at once`() async {
    await #expect(processExitsWith: .success) {
      await inPrivateNetwork(
        hosts: "2001:db8::1 both.example\n127.0.0.1 both.example\n::1 six.example\n127.0.0.1 six.example\n"
      ) {
        let peer = try Peer { try serveEcho($0) }
        let connection = try websocketConnect(
          url: "ws://both.example:\(peer.port)/", options: direct, timeout: patience)
        let address = connection.peer
        #expect(address == peer.address)
        try connection.close(timeout: patience)
        _ = try peer.join()

        let six = try Peer(at: .ipv6("::1", port: 0)!) { try serveEcho($0) }
        let four = try Swallower(at: .loopback(port: six.port))
        let other = try websocketConnect(url: "ws://six.example:\(six.port)/", options: direct, timeout: patience)
        let otherAddress = other.peer
        #expect(otherAddress == six.address)
        try other.close(timeout: patience)
        _ = try six.join()
        four.close()

        let error = failure { try websocketConnect(url: "ws://192.0.2.1/", options: direct, timeout: patience) }
        #expect(error?.errno == .networkUnreachable)
      }
    }
  }
}

/// A numeric address needs neither a resolver nor a place for one.
private func expectNumericAddressWorks() throws {
  let peer = try Peer { try serveEcho($0) }
  let connection = try websocketConnect(url: peer.url, options: direct, timeout: patience)
  #expect(try echoes(connection))
  try connection.close(timeout: patience)
  _ = try peer.join()
}

/// Runs a body in a network of its own. What it throws is an issue: an error that leaves an exit test is a crash.
func inPrivateNetwork(hosts: String, _ body: @escaping @Sendable () throws -> Void) async {
  // On a thread that goes with the namespace.
  let thread = BlockingThread {
    try enterPrivateNetwork(hosts: hosts)
    try body()
  }
  do {
    try thread.join()
  } catch {
    Issue.record(error)
  }
}
