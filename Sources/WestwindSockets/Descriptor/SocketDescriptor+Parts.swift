package import SystemPackage
internal import WestwindBuffers
package import WestwindPlatform

// Bytes in parts, as `struct msghdr` names them.
//
// Sound in both: whoever has a part says by that that its memory is valid during the call.

extension SocketDescriptor {
  /// Sends all parts as if they were one run: up to three where they lie, more joined in memory, since a layer makes one
  /// frame or record of what it is given at once.
  ///
  /// - Returns: as `sendmsg`.
  package func sendmsg(_ parts: UnsafeBufferPointer<iovec>, flags: MessageFlags) throws(Errno) -> Int {
    guard parts.count > 3 else {
      let (first, second, third) = unsafe (parts.bytes(0), parts.bytes(1), parts.bytes(2))
      return try unsafe sendmsg(
        Payload(RawSpan(_unsafeBytes: first), RawSpan(_unsafeBytes: second), RawSpan(_unsafeBytes: third)),
        flags: flags)
    }
    var joined: [UInt8] = []
    for i in parts.indices { unsafe joined.append(contentsOf: parts.bytes(i)) }
    return try send(joined, flags: flags)
  }

  /// Receives into the parts, one after the other, as long as each is filled and the frame goes on.
  ///
  /// - Returns: as `recvmsg`, with the bytes of all parts.
  package func recvmsg(
    into parts: UnsafeBufferPointer<iovec>, flags: MessageFlags
  ) throws(Errno) -> ReceivedMetadata {
    var total = ReceivedMetadata(count: 0)
    for i in parts.indices where unsafe parts[i].iov_len > 0 {
      var room = unsafe OutputRawSpan(
        buffer: UnsafeMutableRawBufferPointer(start: parts[i].iov_base, count: parts[i].iov_len), initializedCount: 0)
      // Behind the first part only what is there already, unless all parts are to be filled.
      let isFirst = total.count == 0
      let metadata: ReceivedMetadata
      do throws(Errno) {
        metadata = try recvmsg(
          into: &room, flags: isFirst || flags.contains(.waitForAll) ? flags : flags.union(.dontWait))
      } catch {
        if isFirst { throw error }
        break
      }
      guard metadata.count > 0 else { break }
      total = ReceivedMetadata(
        count: total.count + metadata.count, type: metadata.type, remaining: metadata.remaining)
      // A look does not move on, and behind a frame begins another.
      if !room.isFull || flags.contains(.peek) || metadata.type != 0 && metadata.remaining == 0 { break }
    }
    return total
  }
}

extension UnsafeBufferPointer<iovec> {
  /// The bytes of a part; none where there are not so many parts.
  fileprivate func bytes(_ i: Int) -> UnsafeRawBufferPointer {
    unsafe i < count
      ? UnsafeRawBufferPointer(start: self[i].iov_base, count: self[i].iov_len)
      : UnsafeRawBufferPointer(start: nil, count: 0)
  }
}
