// swift-format-ignore-file: AlwaysUseLowerCamelCase

public import CWestwind
internal import SystemPackage

// The C library's own, under Zephyr's names. Sound in all: the program's pointers go to it as they are.

@c @implementation
public func zsock_getaddrinfo(
  _ host: UnsafePointer<CChar>?, _ service: UnsafePointer<CChar>?, _ hints: UnsafePointer<addrinfo>?,
  _ res: UnsafeMutablePointer<UnsafeMutablePointer<addrinfo>?>?
) -> CInt {
  guard let res = unsafe res else { return unsafe getaddrinfo(host, service, hints, nil) }
  return unsafe getaddrinfo(host, service, hints, res)
}

@c @implementation
public func zsock_freeaddrinfo(_ ai: UnsafeMutablePointer<addrinfo>?) {
  guard let ai = unsafe ai else { return }
  unsafe freeaddrinfo(ai)
}

@c @implementation
public func zsock_gai_strerror(_ errcode: CInt) -> UnsafePointer<CChar>? {
  unsafe gai_strerror(errcode)
}

@c @implementation
public func zsock_getnameinfo(
  _ addr: UnsafePointer<sockaddr>?, _ addrlen: socklen_t, _ host: UnsafeMutablePointer<CChar>?, _ hostlen: socklen_t,
  _ serv: UnsafeMutablePointer<CChar>?, _ servlen: socklen_t, _ flags: CInt
) -> CInt {
  unsafe getnameinfo(addr, addrlen, host, hostlen, serv, servlen, flags)
}

@c @implementation
public func zsock_gethostname(_ buf: UnsafeMutablePointer<CChar>?, _ len: Int) -> CInt {
  outcome { () throws(Errno) in
    guard let buf = unsafe buf else { throw .badAddress }
    return try systemCall { unsafe gethostname(buf, len) }
  }
}
