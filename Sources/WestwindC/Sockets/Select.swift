// swift-format-ignore-file: AlwaysUseLowerCamelCase

public import CWestwind
internal import SystemPackage
internal import WestwindPlatform
internal import WestwindSockets

@c @implementation
public func zsock_select(
  _ nfds: CInt, _ readfds: UnsafeMutablePointer<fd_set>?, _ writefds: UnsafeMutablePointer<fd_set>?,
  _ exceptfds: UnsafeMutablePointer<fd_set>?, _ timeout: UnsafeMutablePointer<timeval>?
) -> CInt {
  outcome { () throws(Errno) in
    guard nfds >= 0, nfds <= FD_SETSIZE else { throw .invalidArgument }
    // What a set says is poll's event, and what poll finds is in the set: Linux's own table (select(2)).
    let exceptional = PollEvents(rawValue: CShort(POLLPRI))
    var entries: [PollEntry] = []
    for number in 0..<nfds {
      var events: PollEvents = []
      if unsafe readfds?.pointee.contains(number) == true { events.insert(.readable) }
      if unsafe writefds?.pointee.contains(number) == true { events.insert(.writable) }
      if unsafe exceptfds?.pointee.contains(number) == true { events.insert(exceptional) }
      if !events.isEmpty { entries.append(PollEntry(SocketDescriptor(rawValue: number), events)) }
    }
    _ = try SocketDescriptor.poll(&entries, timeout: unsafe Timeout(timeout?.pointee))
    guard !entries.contains(where: { $0.returned.contains(.invalid) }) else { throw .badFileDescriptor }
    return unsafe readfds.keep(entries, .readable, [.readable, .hangUp, .error])
      + writefds.keep(entries, .writable, [.writable, .error])
      + exceptfds.keep(entries, exceptional, [exceptional])
  }
}

extension UnsafeMutablePointer<fd_set>? {
  /// Keeps those in the set that were asked of and found.
  ///
  /// - Returns: how many these are.
  fileprivate func keep(_ entries: [PollEntry], _ asked: PollEvents, _ found: PollEvents) -> CInt {
    guard let self else { return 0 }
    unsafe self.pointee = fd_set()
    var count: CInt = 0
    for entry in entries where entry.events.contains(asked) && !entry.returned.isDisjoint(with: found) {
      unsafe self.pointee.insert(entry.descriptor.rawValue)
      count += 1
    }
    return count
  }
}

extension fd_set {
  private static let bitsPerWord = CInt(Int.bitWidth)

  fileprivate func contains(_ number: CInt) -> Bool {
    // Sound: numbers are below FD_SETSIZE, as many as the words have bits.
    unsafe withUnsafeBytes(of: self) { bytes in
      let words = unsafe bytes.bindMemory(to: Int.self)
      return unsafe words[Int(number / Self.bitsPerWord)] & 1 << (number % Self.bitsPerWord) != 0
    }
  }

  fileprivate mutating func insert(_ number: CInt) {
    // Sound: as above.
    unsafe withUnsafeMutableBytes(of: &self) { bytes in
      let words = unsafe bytes.bindMemory(to: Int.self)
      unsafe words[Int(number / Self.bitsPerWord)] |= 1 << (number % Self.bitsPerWord)
    }
  }
}

extension Timeout {
  /// nil: without end.
  fileprivate init(_ time: timeval?) {
    self = time.map { Timeout(.seconds($0.tv_sec) + .microseconds($0.tv_usec)) } ?? .forever
  }
}
