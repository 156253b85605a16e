// swift-format-ignore-file: AlwaysUseLowerCamelCase

public import CWestwind
internal import SystemPackage
internal import WestwindSockets

// Sound in all: the program gives an address's length with its pointer, and the bytes are copied.

@c @implementation
public func zsock_bind(_ sock: CInt, _ addr: UnsafePointer<sockaddr>?, _ addrlen: socklen_t) -> CInt {
  outcome { () throws(Errno) in
    try SocketDescriptor(rawValue: sock).bind(to: unsafe SocketAddress(given: addr, addrlen))
    return 0
  }
}

@c @implementation
public func zsock_connect(_ sock: CInt, _ addr: UnsafePointer<sockaddr>?, _ addrlen: socklen_t) -> CInt {
  outcome { () throws(Errno) in
    let socket = SocketDescriptor(rawValue: sock)
    let address = try unsafe SocketAddress(given: addr, addrlen)
    if socket.layer == nil, try socket.isNonBlocking() {
      // Who does not wait is told when it is on its way, as on Linux.
      guard try socket.startConnect(to: address) else { throw .nowInProgress }
    } else {
      try socket.connect(to: address)
    }
    return 0
  }
}

@c @implementation
public func zsock_listen(_ sock: CInt, _ backlog: CInt) -> CInt {
  outcome { () throws(Errno) in
    try SocketDescriptor(rawValue: sock).listen(backlog: backlog)
    return 0
  }
}

@c @implementation
public func zsock_accept(
  _ sock: CInt, _ addr: UnsafeMutablePointer<sockaddr>?, _ addrlen: UnsafeMutablePointer<socklen_t>?
) -> CInt {
  outcome { () throws(Errno) in
    guard unsafe addr == nil || addrlen != nil else { throw .badAddress }
    let socket = SocketDescriptor(rawValue: sock)
    // The kernel knows the address also where the peer has gone since.
    guard socket.layer != nil else {
      return noted(try unsafe acceptInKernel(sock, addr, addrlen))
    }
    let accepted = try socket.accept()
    unsafe accepted.tellPeer(addr, addrlen)
    return accepted.rawValue
  }
}

@c @implementation
public func zsock_getpeername(
  _ sock: CInt, _ addr: UnsafeMutablePointer<sockaddr>?, _ addrlen: UnsafeMutablePointer<socklen_t>?
) -> CInt {
  outcome { () throws(Errno) in
    guard unsafe addr != nil, unsafe addrlen != nil else { throw .badAddress }
    unsafe try SocketDescriptor(rawValue: sock).getpeername().copy(to: addr, addrlen)
    return 0
  }
}

@c @implementation
public func zsock_getsockname(
  _ sock: CInt, _ addr: UnsafeMutablePointer<sockaddr>?, _ addrlen: UnsafeMutablePointer<socklen_t>?
) -> CInt {
  outcome { () throws(Errno) in
    guard unsafe addr != nil, unsafe addrlen != nil else { throw .badAddress }
    unsafe try SocketDescriptor(rawValue: sock).getsockname().copy(to: addr, addrlen)
    return 0
  }
}
