import Glibc

/// What a loop's connections receive from and send to: the kernel, or, to look at the loop's own work alone, memory.
protocol Stream {
  /// Copies bytes that have come.
  ///
  /// - Returns: bytes; 0 if there are none now.
  /// - Throws: `Lost` at the end of the stream, or if it broke.
  func receive(_ socket: CInt, into room: UnsafeMutableRawBufferPointer) throws(Lost) -> Int

  /// Sends bytes.
  ///
  /// - Returns: those that the stream has taken.
  func send(_ socket: CInt, _ bytes: UnsafeRawBufferPointer) throws(Lost) -> Int
}

struct Lost: Error {}

struct KernelStream: Stream {
  @inline(__always)
  func receive(_ socket: CInt, into room: UnsafeMutableRawBufferPointer) throws(Lost) -> Int {
    let count = recv(socket, room.baseAddress, room.count, CInt(MSG_DONTWAIT))
    if count > 0 { return count }
    guard count < 0, errno == EAGAIN || errno == EINTR else { throw Lost() }
    return 0
  }

  @inline(__always)
  func send(_ socket: CInt, _ bytes: UnsafeRawBufferPointer) throws(Lost) -> Int {
    let flags = CInt(MSG_DONTWAIT) | CInt(MSG_NOSIGNAL)
    let count = Glibc.send(socket, bytes.baseAddress, bytes.count, flags)
    if count >= 0 { return count }
    guard errno == EAGAIN || errno == EINTR else { throw Lost() }
    return 0
  }
}

/// The same frames come each time, and what is sent is nobody's.
struct MemoryStream: Stream {
  let frames: UnsafeRawBufferPointer

  @inline(__always)
  func receive(_ socket: CInt, into room: UnsafeMutableRawBufferPointer) throws(Lost) -> Int {
    precondition(room.count >= frames.count)
    room.copyMemory(from: frames)
    return frames.count
  }

  @inline(__always)
  func send(_ socket: CInt, _ bytes: UnsafeRawBufferPointer) throws(Lost) -> Int { bytes.count }
}
