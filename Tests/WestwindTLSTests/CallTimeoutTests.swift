import Glibc
import SystemPackage
import Testing
import Westwind
import WestwindSockets
import WestwindTLS
import WestwindTestPeer
import WestwindTestSupport

/// `SO_RCVTIMEO` and `SO_SNDTIMEO` act on every kind of descriptor.
@Suite struct CallTimeoutTests {
  @Test(arguments: LayerKind.allCases)
  func `a receive without a timeout ends at SO-RCVTIMEO`(_ kind: LayerKind) throws {
    try kind.withPair { a, _ in
      try a.setTimeout(SO_RCVTIMEO, milliseconds: 100)
      #expect(try a.timeout(SO_RCVTIMEO) == 100)
      let elapsed = ContinuousClock().measure {
        #expect(throws: Errno.wouldBlock) { try a.recv(maxCount: 10) }
      }
      #expect(elapsed >= .milliseconds(100) && elapsed < .seconds(20))
      // A timeout of the call's own counts, and 0 is without end.
      #expect(throws: Errno.wouldBlock) { try a.recv(maxCount: 10, timeout: .milliseconds(5)) }
      try a.setTimeout(SO_RCVTIMEO, milliseconds: 0)
      #expect(try a.timeout(SO_RCVTIMEO) == 0)
    }
  }

  @Test(arguments: LayerKind.allCases)
  func `a send without a timeout ends at SO-SNDTIMEO`(_ kind: LayerKind) throws {
    try kind.withPair { a, _ in
      try a.setTimeout(SO_SNDTIMEO, milliseconds: 40)
      #expect(try a.timeout(SO_SNDTIMEO) == 40)
      let bytes = pattern(size: 1 << 20, seed: 1)
      let elapsed = ContinuousClock().measure {
        // Nobody reads: what fits is taken, and then nothing.
        #expect(throws: Errno.wouldBlock) { for _ in 0..<100 { try a.send(bytes) } }
      }
      #expect(elapsed < .seconds(20))
    }
  }

  @Test(arguments: LayerKind.allCases.filter { $0 != .tcp })
  func `a layer begins with the times of the socket below, and is told of later ones`(_ kind: LayerKind) throws {
    let (tcp, peer) = try tcpPair()
    try tcp.setTimeout(SO_RCVTIMEO, milliseconds: 80)
    try kind.withPair(over: (tcp, peer)) { a, _ in
      #expect(try a.timeout(SO_RCVTIMEO) == 80)
      try tcp.setTimeout(SO_RCVTIMEO, milliseconds: 20)
      #expect(try a.timeout(SO_RCVTIMEO) == 20)
      #expect(throws: Errno.wouldBlock) { try a.recv(maxCount: 1) }
    }
  }

  @Test func `a TLS socket that was given a time before it connected keeps it`() throws {
    try ZephyrSockets.credentials.get()
    let listener = try ZephyrSockets.listener()
    defer { try? listener.close() }
    let accepting = BlockingThread { try listener.accept(timeout: .seconds(20)) }
    let client = try ZephyrSockets.client()
    try client.setTimeout(SO_RCVTIMEO, milliseconds: 40)
    try client.connect(to: listener.getsockname(), timeout: .seconds(20))
    let server = try accepting.join()
    #expect(throws: Errno.wouldBlock) { try client.recv(maxCount: 1) }
    try client.close()
    try server.close()
  }

  @Test func `SO-SNDTIMEO bounds the handshake of connect`() throws {
    let listener = try SocketDescriptor.open(.ipv4)
    defer { try? listener.close() }
    try listener.bind(to: .loopback(port: 0))
    try listener.listen()
    let client = try ZephyrSockets.client()
    defer { try? client.close() }
    try client.setTimeout(SO_SNDTIMEO, milliseconds: 60)
    #expect(throws: Errno.timedOut) { try client.connect(to: listener.getsockname()) }
  }

  @Test func `a time that is none is refused as Linux does`() throws {
    try LayerKind.tls.withPair { a, _ in
      #expect(throws: Errno.invalidArgument) { try a.setsockopt(level: SOL_SOCKET, name: SO_RCVTIMEO, value: 1) }
      #expect(throws: Errno(rawValue: EDOM)) { try a.setTimeout(SO_RCVTIMEO, timeval(tv_sec: 0, tv_usec: 1_000_000)) }
      #expect(throws: Errno.invalidArgument) { try a.getsockopt(level: SOL_SOCKET, name: SO_RCVTIMEO) }
    }
  }
}

/// The kinds of descriptor that a program sets options on.
enum LayerKind: String, CaseIterable, Sendable {
  case tcp = "TCP"
  case tls = "TLS"
  case ws, wss

  /// Runs the body with two ends, which are closed behind it.
  func withPair(
    over sockets: (SocketDescriptor, SocketDescriptor)? = nil,
    _ body: (SocketDescriptor, SocketDescriptor) throws -> Void
  ) throws {
    let (tcp, peer) = try sockets ?? tcpPair()
    switch self {
    case .tcp:
      defer { for socket in [tcp, peer] { try? socket.close() } }
      try body(tcp, peer)
    case .tls:
      let pair = try TLSPair(over: (tcp, peer))
      defer { try? pair.close() }
      try body(pair.client, pair.server)
    case .ws:
      defer { for socket in [tcp, peer] { try? socket.close() } }
      let upgrading = BlockingThread { try websocketUpgrade(peer, timeout: .seconds(20)) }
      var request = WebSocketRequest(host: "localhost", url: "/")
      request.options.sendOpcode = .binary
      let client = try websocketConnect(tcp, request, timeout: .seconds(20))
      let server = try upgrading.join()
      defer { for ws in [client, server] { try? ws.descriptor.close() } }
      try body(client.descriptor, server.descriptor)
    case .wss:
      let pair = try SecurePair(over: (tcp, peer))
      defer { try? pair.close() }
      try pair.client.descriptor.setsockopt(
        level: WebSocketSocketOption.level, name: WebSocketSocketOption.sendOpcode.rawValue, value: 2)
      try body(pair.client.descriptor, pair.server.descriptor)
    }
  }
}

extension SocketDescriptor {
  func setTimeout(_ name: CInt, milliseconds: Int) throws {
    try setTimeout(name, timeval(tv_sec: milliseconds / 1000, tv_usec: milliseconds % 1000 * 1000))
  }

  func setTimeout(_ name: CInt, _ time: timeval) throws {
    var time = time
    try withUnsafeBytes(of: &time) {
      try setsockopt(level: SOL_SOCKET, name: name, value: RawSpan(_unsafeBytes: $0))
    }
  }

  /// In milliseconds, as far as they are whole.
  func timeout(_ name: CInt) throws -> Int {
    let bytes = try option(SOL_SOCKET, name)
    let time = bytes.withUnsafeBytes { $0.loadUnaligned(as: timeval.self) }
    return time.tv_sec * 1000 + time.tv_usec / 1000
  }

  /// An option's value, as bytes.
  func option(_ level: CInt, _ name: CInt, room: Int = 512) throws -> [UInt8] {
    try [UInt8](unsafeUninitializedCapacity: room) { buffer, count in
      var output = OutputRawSpan(buffer: UnsafeMutableRawBufferPointer(buffer), initializedCount: 0)
      try operations.getOption(level: level, name: name, into: &output)
      count = output.byteCount
    }
  }
}
