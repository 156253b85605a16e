internal import CWestwindLinux
internal import SystemPackage
internal import WestwindBuffers
internal import WestwindPlatform

/// System calls, each a single one: no retry, no wait.
///
/// All of them are sound for the same reason: pointers are made from spans, whose memory is valid and of the length
/// that is passed with it, and none is kept beyond the call.
enum Syscalls {
  static func monotonicNanoseconds() -> Int64 {
    var time = timespec()
    unsafe clock_gettime(CLOCK_MONOTONIC, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }

  static func sleep(nanoseconds: Int) {
    var time = timespec(tv_sec: 0, tv_nsec: nanoseconds)
    unsafe nanosleep(&time, nil)
  }

  static func send(_ descriptor: CInt, _ bytes: RawSpan, _ flags: CInt) -> Result<Int, Errno> {
    unsafe bytes.withUnsafeBytes { unsafe result(WestwindPlatform.send(descriptor, $0.baseAddress, $0.count, flags)) }
  }

  static func sendmsg(_ descriptor: CInt, _ payload: Payload, _ flags: CInt) -> Result<Int, Errno> {
    unsafe payload.first.withUnsafeBytes { first in
      unsafe payload.second.withUnsafeBytes { second in
        unsafe payload.third.withUnsafeBytes { third in
          var vectors = unsafe (
            iovec(iov_base: UnsafeMutableRawPointer(mutating: first.baseAddress), iov_len: first.count),
            iovec(iov_base: UnsafeMutableRawPointer(mutating: second.baseAddress), iov_len: second.count),
            iovec(iov_base: UnsafeMutableRawPointer(mutating: third.baseAddress), iov_len: third.count)
          )
          return unsafe withUnsafeMutableBytes(of: &vectors) { vectors in
            var message = unsafe msghdr()
            unsafe message.msg_iov = vectors.assumingMemoryBound(to: iovec.self).baseAddress
            unsafe message.msg_iovlen = 3
            return unsafe result(WestwindPlatform.sendmsg(descriptor, &message, flags))
          }
        }
      }
    }
  }

  /// Appends to `output`.
  static func recv(_ descriptor: CInt, _ output: inout OutputRawSpan, _ flags: CInt) -> Result<Int, Errno> {
    unsafe output.withUnsafeMutableBytes { bytes, count in
      let free = unsafe UnsafeMutableRawBufferPointer(rebasing: bytes[count...])
      let outcome = unsafe result(WestwindPlatform.recv(descriptor, free.baseAddress, free.count, flags))
      // MSG_TRUNC does not get here (`checkForReceiving`), so the kernel does not report more than it wrote.
      if case .success(let received) = outcome { count += received }
      return outcome
    }
  }

  /// `deadline` is absolute.
  static func poll(_ entries: inout InlineArray<3, pollfd>, until deadline: Deadline) -> Result<CInt, Errno> {
    var span = entries.mutableSpan
    return unsafe span.withUnsafeMutableBufferPointer { unsafe poll($0, until: deadline) }
  }

  /// Ends as at the deadline if the thread is cancelled in a call from C, or was.
  static func poll(_ entries: UnsafeMutableBufferPointer<pollfd>, until deadline: Deadline) -> Result<CInt, Errno> {
    guard deadline != .forever else {
      return unsafe result(cl_ppoll(entries.baseAddress, nfds_t(entries.count), nil))
    }
    let left = deadline == .immediate ? 0 : max(0, deadline.nanoseconds - monotonicNanoseconds())
    var time = timespec(tv_sec: Int(left / 1_000_000_000), tv_nsec: Int(left % 1_000_000_000))
    return unsafe result(cl_ppoll(entries.baseAddress, nfds_t(entries.count), &time))
  }

  /// Adds 1 to an eventfd, so that it is readable.
  static func addToEvent(_ descriptor: CInt) {
    var one: UInt64 = 1
    // Sound: an eventfd takes exactly eight bytes.
    _ = unsafe WestwindPlatform.write(descriptor, &one, 8)
  }

  /// Sets an eventfd that does not block to 0, so that it is not readable.
  static func clearEvent(_ descriptor: CInt) {
    var value: UInt64 = 0
    // Sound: an eventfd gives exactly eight bytes.
    _ = unsafe WestwindPlatform.read(descriptor, &value, 8)
  }

  static func fillRandom(_ bytes: inout MutableRawSpan) {
    unsafe bytes.withUnsafeMutableBytes { bytes in
      var filled = 0
      while filled < bytes.count {
        let count = unsafe getrandom(bytes.baseAddress! + filled, bytes.count - filled, 0)
        if count > 0 {
          filled += count
        } else if errno != EINTR {
          fatalError("getrandom failed with errno \(errno): no connection can be made safe on this system")
        }
      }
    }
  }
}
