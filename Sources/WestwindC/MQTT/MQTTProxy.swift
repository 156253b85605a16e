// swift-format-ignore-file: AlwaysUseLowerCamelCase

public import CWestwind
internal import SystemPackage
internal import WestwindSockets

@c @implementation
public func mqtt_client_set_proxy(
  _ client: UnsafeMutablePointer<mqtt_client>?, _ proxy_addr: UnsafeMutablePointer<sockaddr>?, _ addrlen: socklen_t
) -> CInt {
  // Sound: the program gives an address's length with its pointer, and a client that `mqtt_client_init` made.
  guard let client = unsafe client, let address = try? unsafe SocketAddress(given: proxy_addr, addrlen),
    address.isWhole(addrlen)
  else { return -Errno.invalidArgument.rawValue }
  var room = socklen_t(MemoryLayout<sockaddr_storage>.size)
  unsafe withUnsafeMutablePointer(to: &client.pointee.transport.proxy.addr) { place in
    // Sound: the kernel's structure for all addresses begins as each of them does.
    unsafe place.withMemoryRebound(to: sockaddr.self, capacity: 1) { unsafe address.copy(to: $0, &room) }
  }
  unsafe client.pointee.transport.proxy.addrlen = room
  return 0
}

extension SocketAddress {
  /// Whether it is one of IPv4 or IPv6, and all of it is there.
  fileprivate func isWhole(_ length: socklen_t) -> Bool {
    switch family {
    case .ipv4: length >= MemoryLayout<sockaddr_in>.size
    case .ipv6: length >= MemoryLayout<sockaddr_in6>.size
    default: false
    }
  }
}
