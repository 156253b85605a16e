import Glibc
import SystemPackage
import Testing
import WestwindSockets
import WestwindTestSupport

@testable import WestwindConnecting

/// Several addresses of one host (RFC 8305).
struct ConnectRaceTests {
  private func run(
    _ addresses: [SocketAddress], delay: Duration = .milliseconds(50), timeout: Timeout = patience
  ) throws(ConnectError) -> SocketDescriptor {
    try ConnectRace.run(addresses, target: "host", delay: delay, until: Deadline(timeout))
  }

  private func failure(
    _ addresses: [SocketAddress], delay: Duration = .milliseconds(50), timeout: Timeout = patience
  ) -> ConnectError? {
    do throws(ConnectError) {
      let socket = try run(addresses, delay: delay, timeout: timeout)
      Issue.record("it was to fail")
      try? socket.close()
      return nil
    } catch {
      return error
    }
  }

  @Test func `the families come by turns, beginning with the first`() {
    let six = (1...3).map { SocketAddress.ipv6("::\($0)", port: 80)! }
    let four = (1...2).map { SocketAddress.ipv4("127.0.0.\($0)", port: 80)! }
    #expect(ConnectRace.interleaved(six + four) == [six[0], four[0], six[1], four[1], six[2]])
    #expect(ConnectRace.interleaved(four + six) == [four[0], six[0], four[1], six[1], six[2]])
    #expect(ConnectRace.interleaved([]) == [])
    #expect(ConnectRace.interleaved(four) == four)
  }

  @Test func `an address that swallows SYN is passed by`() throws {
    let swallower = try Swallower()
    defer { swallower.close() }
    let peer = try Peer { try $0.readToEnd() }
    let socket = try run([swallower.address, peer.address])
    #expect(try socket.getpeername() == peer.address)
    #expect(try !socket.isNonBlocking())
    try socket.close()
    _ = try peer.join()
  }

  @Test func `an address that fails makes the next begin at once`() throws {
    let peer = try Peer { try $0.readToEnd() }
    let refusing = SocketAddress.loopback(port: try freePort())
    let start = ContinuousClock.now
    let socket = try run([refusing, refusing, peer.address], delay: .seconds(60))
    #expect(ContinuousClock.now - start < .seconds(30))
    try socket.close()
    _ = try peer.join()
  }

  @Test func `an address that fails makes the next begin at once, also while another is awaited`() throws {
    let swallower = try Swallower()
    defer { swallower.close() }
    let peer = try Peer { try $0.readToEnd() }
    let refusing = [SocketAddress](repeating: .loopback(port: try freePort()), count: 100)
    let start = ContinuousClock.now
    let socket = try run([swallower.address] + refusing + [peer.address], delay: .milliseconds(300))
    // Not a hundred delays.
    #expect(ContinuousClock.now - start < .seconds(20))
    try socket.close()
    _ = try peer.join()
  }

  @Test func `where all fail each is told with its reason, in the order tried`() throws {
    let ports = [try freePort(), try freePort()]
    let addresses = [SocketAddress.ipv6("::1", port: ports[0])!, .loopback(port: ports[1])]
    let error = try #require(failure(addresses))
    #expect(error.attempts.map { $0.address } == addresses)
    #expect(error.attempts.map { $0.error } == [.connectionRefused, .connectionRefused])
    #expect(error.errno == .connectionRefused)
    #expect(
      error.description.contains("[::1]:\(ports[0]): Connection refused; 127.0.0.1:\(ports[1]): Connection refused"))
  }

  @Test func `the deadline ends it, and those without an answer are told`() throws {
    let swallower = try Swallower()
    defer { swallower.close() }
    let refusing = SocketAddress.loopback(port: try freePort())
    let start = ContinuousClock.now
    let error = try #require(failure([refusing, swallower.address], timeout: .milliseconds(300)))
    #expect(ContinuousClock.now - start >= .milliseconds(300))
    #expect(ContinuousClock.now - start < .seconds(20))
    #expect(error.isTimeout)
    #expect(error.phase == .connection)
    #expect(error.attempts.map { $0.error } == [.connectionRefused, .timedOut])
    #expect(error.description.contains("\(swallower.address): no answer"))
  }

  @Test func `no time at all is a timeout, not a hang`() throws {
    let swallower = try Swallower()
    defer { swallower.close() }
    #expect(failure([swallower.address], timeout: .immediate)?.isTimeout == true)
  }

  @Test func `those that lose are closed`() async {
    await #expect(processExitsWith: .success) {
      do {
        let swallower = try Swallower()
        let peer = try Peer(connections: 3) { try $0.readToEnd() }
        let before = openDescriptorCount()
        for _ in 1...3 {
          let addresses = [swallower.address, swallower.address, peer.address, peer.address]
          let socket = try ConnectRace.run(
            addresses, target: "host", delay: .milliseconds(20), until: Deadline(patience))
          #expect(openDescriptorCount() <= before + 2)  // the socket, and the peer's end of it
          try socket.close()
        }
        _ = try peer.join()
        _ = try? ConnectRace.run(
          [swallower.address], target: "host", delay: .milliseconds(20), until: Deadline(.milliseconds(50)))
        #expect(openDescriptorCount() <= before)
        swallower.close()
      } catch {
        Issue.record(error)
      }
    }
  }

  @Test func `where the system does not poll, each connection is asked how far it is`() async {
    await #expect(processExitsWith: .success) {
      do {
        let swallower = try Swallower()
        // The limit of descriptors is one of `poll` too. It falls while the first address is waited for.
        let lowering = BlockingThread {
          usleep(200_000)
          var limit = rlimit()
          getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
          let before = limit
          limit.rlim_cur = 0
          setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
          // Nothing listens there any more: the kernel's next SYN is answered with RST.
          swallower.close()
          return before
        }
        let error = ConnectRaceTests().failure([swallower.address, swallower.address], delay: .milliseconds(500))
        var before = try lowering.join()
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &before)
        #expect(Set(error?.attempts.map { $0.error } ?? []) == [.tooManyOpenFiles, .connectionRefused])
        guard case .unreachable = error?.cause else {
          Issue.record("\(String(describing: error))")
          return
        }
      } catch {
        Issue.record(error)
      }
    }
  }
}
