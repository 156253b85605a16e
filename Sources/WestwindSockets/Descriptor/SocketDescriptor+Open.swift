internal import CWestwindLinux
public import SystemPackage
internal import WestwindPlatform

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
    let number = try result(socket(family.rawValue, type, 0)).get()
    Layers.noteOpened(number)
    return SocketDescriptor(rawValue: number)
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
    Layers.noteOpened(numbers[0])
    Layers.noteOpened(numbers[1])
    return (SocketDescriptor(rawValue: numbers[0]), SocketDescriptor(rawValue: numbers[1]))
  }

  /// Connects to an address. A TLS descriptor that `open` gave shakes hands as well.
  ///
  /// - Parameters:
  ///   - address: where to.
  ///   - timeout: how long the connection may take.
  /// - Throws: `ETIMEDOUT` at the timeout, `ECONNREFUSED` where nobody listens, and so on: close the socket then.
  ///
  /// The corresponding C function is `connect`.
  public func connect(to address: SocketAddress, timeout: Timeout = .forever) throws(Errno) {
    try operations.connect(to: address, wait: Wait(until: Deadline(timeout)))
  }

  /// Gives the socket an address. The corresponding C function is `bind`.
  public func bind(to address: SocketAddress) throws(Errno) {
    try operations.bind(to: address)
  }

  /// Lets the socket take connections. The corresponding C function is `listen`.
  public func listen(backlog: CInt = 128) throws(Errno) {
    try operations.listen(backlog: backlog)
  }

  /// Takes the next connection.
  ///
  /// - Parameter timeout: how long to wait; nil: as the socket is set, blocking or not.
  /// - Throws: `EAGAIN` where none came in time.
  ///
  /// The corresponding C function is `accept`.
  public func accept(timeout: Timeout? = nil) throws(Errno) -> SocketDescriptor {
    try operations.accept(wait: Wait(until: timeout.map { Deadline($0) }))
  }
}
