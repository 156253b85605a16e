internal import CLinux
internal import Glibc
public import SystemPackage

public enum AddressFamily: Sendable, Hashable {
  case ipv4
  case ipv6
  case unix

  var rawValue: CInt {
    switch self {
    case .ipv4: AF_INET
    case .ipv6: AF_INET6
    case .unix: AF_UNIX
    }
  }
}

public enum SocketType: Sendable, Hashable {
  case stream
  case datagram

  var rawValue: CInt {
    switch self {
    case .stream: CInt(SOCK_STREAM.rawValue)
    case .datagram: CInt(SOCK_DGRAM.rawValue)
    }
  }
}

extension SocketDescriptor {
  /// Makes a kernel socket, closed when another program is executed.
  ///
  /// The corresponding C function is `socket`.
  public static func open(_ family: AddressFamily, _ type: SocketType = .stream) throws(Errno) -> SocketDescriptor {
    let type = type.rawValue | CInt(SOCK_CLOEXEC.rawValue)
    return SocketDescriptor(rawValue: try result(socket(family.rawValue, type, 0)).get())
  }

  /// Two connected kernel sockets. The corresponding C function is `socketpair`.
  public static func pair() throws(Errno) -> (SocketDescriptor, SocketDescriptor) {
    var numbers = InlineArray<2, CInt>(repeating: -1)
    let type = CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue)
    var span = numbers.mutableSpan
    // Sound: socketpair writes two numbers, and there is room for two.
    _ = try unsafe span.withUnsafeMutableBufferPointer { numbers in
      unsafe result(socketpair(AF_UNIX, type, 0, numbers.baseAddress))
    }.get()
    return (SocketDescriptor(rawValue: numbers[0]), SocketDescriptor(rawValue: numbers[1]))
  }

  /// Connects to an address.
  ///
  /// - Parameters:
  ///   - address: where to.
  ///   - timeout: how long the connection may take.
  /// - Throws: `ETIMEDOUT` at the timeout, `ECONNREFUSED` where nobody listens, and so on: close the socket then.
  ///
  /// The corresponding C function is `connect`.
  public func connect(to address: SocketAddress, timeout: Timeout = .forever) throws(Errno) {
    let deadline = Deadline(timeout)
    let wasNonBlocking = try isNonBlocking()
    try setNonBlocking(true)
    defer { try? setNonBlocking(wasNonBlocking) }
    var isConnected = false
    starting: while true {
      do throws(Errno) {
        isConnected = try startConnect(to: address)
        break starting
      } catch {
        // The listener's queue is full, and nothing tells when it no longer is.
        guard error == .wouldBlock, address.family == .unix else { throw error }
        guard !deadline.hasPassed else { throw .timedOut }
        Syscalls.sleep(nanoseconds: 1_000_000)
      }
    }
    guard !isConnected else { return }
    let events = try KernelSocket(number: rawValue).wait(for: .writable, Wait(until: deadline))
    guard !events.isEmpty else { throw .timedOut }
    try finishConnect()
  }

  /// Gives the socket an address. The corresponding C function is `bind`.
  public func bind(to address: SocketAddress) throws(Errno) {
    _ = try unsafe address.withPointer { unsafe result(Glibc.bind(rawValue, $0, $1)) }.get()
  }

  /// Lets the socket take connections. The corresponding C function is `listen`.
  public func listen(backlog: CInt = 128) throws(Errno) {
    _ = try result(Glibc.listen(rawValue, backlog)).get()
  }

  /// Takes the next connection.
  ///
  /// - Parameter timeout: how long to wait; nil: as the socket is set, blocking or not.
  /// - Throws: `EAGAIN` where none came in time.
  ///
  /// The corresponding C function is `accept`.
  public func accept(timeout: Timeout? = nil) throws(Errno) -> SocketDescriptor {
    let socket = KernelSocket(number: rawValue)
    let deadline = timeout.map { Deadline($0) }
    while true {
      if let deadline, try socket.wait(for: .readable, Wait(until: deadline)).isEmpty { throw .wouldBlock }
      switch deadline == nil ? socket.accept() : socket.acceptNow() {
      case .success(let number): return SocketDescriptor(rawValue: number)
      // Another thread has taken the connection.
      case .failure(.wouldBlock) where deadline != nil: continue
      case .failure(let error): throw error
      }
    }
  }
}
