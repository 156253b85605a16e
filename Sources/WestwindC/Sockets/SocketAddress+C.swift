internal import SystemPackage
internal import WestwindPlatform
internal import WestwindSockets

extension SocketAddress {
  /// Copies what a program gives.
  init(given address: UnsafePointer<sockaddr>?, _ length: socklen_t) throws(Errno) {
    guard unsafe address != nil else { throw .badAddress }
    // No address is shorter than its family, or longer than the kernel's structure for all.
    guard length >= MemoryLayout<sa_family_t>.size, length <= MemoryLayout<sockaddr_storage>.size,
      let copy = unsafe SocketAddress(copying: address, length: length)
    else { throw .invalidArgument }
    self = copy
  }

  /// Copies it to a program's memory, cut to fit, and says how long it is; nothing where there is no memory.
  func copy(to address: UnsafeMutablePointer<sockaddr>?, _ length: UnsafeMutablePointer<socklen_t>?) {
    guard let address = unsafe address, let length = unsafe length else { return }
    unsafe withPointer { own, count in
      // Sound: no more is copied than there is of either.
      unsafe UnsafeMutableRawPointer(address).copyMemory(from: own, byteCount: Int(min(count, length.pointee)))
      unsafe length.pointee = count
    }
  }
}

extension SocketDescriptor {
  /// Copies the peer's address to a program's memory; where it has none any more, the length is 0, so that nobody takes what
  /// lies there for one. Sound: see `copy`.
  func tellPeer(_ address: UnsafeMutablePointer<sockaddr>?, _ length: UnsafeMutablePointer<socklen_t>?) {
    guard unsafe address != nil else { return }
    guard let peer = try? getpeername() else {
      unsafe length?.pointee = 0
      return
    }
    unsafe peer.copy(to: address, length)
  }
}
