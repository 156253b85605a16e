internal import SystemPackage
internal import WestwindPlatform

extension msghdr {
  /// The parts, after the checks that the kernel makes of them.
  func parts() throws(Errno) -> UnsafeBufferPointer<iovec> {
    // UIO_MAXIOV
    guard unsafe 0...1024 ~= msg_iovlen else { throw .messageTooLong }
    guard unsafe msg_iov != nil || msg_iovlen == 0 else { throw .badAddress }
    // Sound: the program says how many there are.
    let parts = unsafe UnsafeBufferPointer(start: msg_iov, count: msg_iovlen)
    var total = 0
    for i in parts.indices {
      let length = unsafe parts[i].iov_len
      guard length >= 0, length <= .max - total else { throw .invalidArgument }
      guard unsafe parts[i].iov_base != nil || length == 0 else { throw .badAddress }
      total += length
    }
    return unsafe parts
  }
}
