internal import SystemPackage
internal import WestwindPlatform
internal import WestwindSockets

/// Connects to several addresses of one host side by side and keeps the first that answers (RFC 8305).
///
/// The first address has the delay for itself; then the next one is tried beside it, and so on. Where one fails, the
/// next begins at once. Those that come in second are closed.
struct ConnectRace: ~Copyable {
  private typealias Attempt = ConnectError.Attempt

  private var waiting: [SocketAddress]
  private var running: [(socket: SocketDescriptor, address: SocketAddress)] = []
  private var failed: [Attempt] = []
  private let delay: Timeout
  private let deadline: Deadline
  private let target: String
  private let localEnd: LocalEnd

  private init(
    _ addresses: [SocketAddress], from localEnd: LocalEnd, target: String, delay: Duration, deadline: Deadline
  ) {
    waiting = ConnectRace.interleaved(addresses).reversed()
    self.localEnd = localEnd
    self.target = target
    self.delay = Timeout(delay)
    self.deadline = deadline
  }

  deinit {
    for (socket, _) in running { try? socket.close() }
  }

  /// - Parameters:
  ///   - addresses: as the resolver gives them.
  ///   - localEnd: what this end is bound to.
  ///   - target: what errors are to name.
  ///   - delay: how long each has before the next begins.
  /// - Returns: a connected socket in blocking mode, with `TCP_NODELAY`.
  /// - Throws: `unreachable` or `timedOut`, with what became of each address.
  static func run(
    _ addresses: [SocketAddress], from localEnd: LocalEnd = LocalEnd(), target: String, delay: Duration,
    until deadline: Deadline
  ) throws(ConnectError) -> SocketDescriptor {
    var race = ConnectRace(addresses, from: localEnd, target: target, delay: delay, deadline: deadline)
    return try race.winner()
  }

  private mutating func winner() throws(ConnectError) -> SocketDescriptor {
    var next = Deadline.immediate
    while true {
      let failedBefore = failed.count
      if running.isEmpty || next.hasPassed, let address = waiting.popLast() {
        if let socket = start(address) { return socket }
        next = failed.count > failedBefore ? .immediate : Deadline(delay)
        continue
      }
      guard !running.isEmpty else { throw error(.unreachable) }
      if let socket = firstConnected(until: waiting.isEmpty ? deadline : min(deadline, next)) { return socket }
      if failed.count > failedBefore { next = .immediate }
      guard !deadline.hasPassed else { throw error(.timedOut) }
    }
  }

  /// Begins with an address.
  ///
  /// - Returns: the socket where it is connected already.
  private mutating func start(_ address: SocketAddress) -> SocketDescriptor? {
    do throws(Errno) {
      let socket = try SocketDescriptor.open(address.family ?? .ipv4)
      do throws(Errno) {
        // A frame leaves at once, also while the last one is not acknowledged.
        try socket.setsockopt(level: CInt(IPPROTO_TCP), name: TCP_NODELAY, value: 1)
        try localEnd.bind(socket, for: address)
        try socket.setNonBlocking(true)
        if try socket.startConnect(to: address) {
          try checkIsNotItself(socket)
          try socket.setNonBlocking(false)
          return socket
        }
        running.append((socket, address))
      } catch {
        try? socket.close()
        throw error
      }
    } catch {
      failed.append(Attempt(address: address, error: error))
    }
    return nil
  }

  /// Waits for those on their way, and takes out what fails.
  ///
  /// - Returns: the first that is connected, if one is.
  private mutating func firstConnected(until end: Deadline) -> SocketDescriptor? {
    var entries = running.map { PollEntry($0.socket, .writable) }
    let isPolled: Bool
    do throws(Errno) {
      guard try SocketDescriptor.poll(&entries, timeout: end.timeLeft) > 0 else { return nil }
      isPolled = true
    } catch {
      // The system refuses to poll so many, or has no memory: each is asked a little later what became of it.
      usleep(5_000)
      isPolled = false
    }
    for i in entries.indices.reversed() where !isPolled || !entries[i].returned.isEmpty {
      let (socket, address) = running[i]
      do throws(Errno) {
        guard try socket.isConnectFinished() else { continue }
        try checkIsNotItself(socket)
        try socket.setNonBlocking(false)
        running.remove(at: i)
        return socket
      } catch {
        running.remove(at: i)
        failed.append(Attempt(address: address, error: error))
        try? socket.close()
      }
    }
    return nil
  }

  /// Where nobody listens at a port of this machine from which the kernel also takes those of its clients, it may give a
  /// socket the very port that it asks for, and TCP connects the two ends of it (RFC 9293 3.5, simultaneous open).
  private func checkIsNotItself(_ socket: SocketDescriptor) throws(Errno) {
    if let peer = try? socket.getpeername(), try socket.getsockname() == peer { throw .connectionRefused }
  }

  private func error(_ cause: ConnectError.Cause) -> ConnectError {
    let pending = running.map { Attempt(address: $0.address, error: .timedOut) }
    return ConnectError(.connection, cause, target: target, attempts: failed + pending)
  }

  /// RFC 8305 4: the resolver's order, which is that of RFC 6724, but the families by turns, beginning with that of the
  /// first. Where IPv6 works that is IPv6.
  static func interleaved(_ addresses: [SocketAddress]) -> [SocketAddress] {
    guard let first = addresses.first else { return [] }
    var one = addresses.filter { $0.family == first.family }[...]
    var other = addresses.filter { $0.family != first.family }[...]
    var order: [SocketAddress] = []
    while !one.isEmpty || !other.isEmpty {
      if let address = one.popFirst() { order.append(address) }
      if let address = other.popFirst() { order.append(address) }
    }
    return order
  }
}

/// What this end of a connection is bound to: an address, an interface, both or nothing.
struct LocalEnd: Sendable {
  var address: SocketAddress?
  var interface: String?

  /// - Parameter peer: what the socket is going to be connected to.
  func bind(_ socket: SocketDescriptor, for peer: SocketAddress) throws(Errno) {
    if let interface {
      let name = Array(interface.utf8)
      guard (1...15).contains(name.count), !name.contains(0) else { throw .invalidArgument }
      // Sound: bytes have no padding.
      try unsafe socket.setsockopt(level: SOL_SOCKET, name: SO_BINDTODEVICE, value: name.span.bytes)
    }
    guard let address else { return }
    guard address.family == peer.family else { throw .addressFamilyNotSupported }
    try socket.bind(to: address)
  }
}
