// swift-format-ignore-file: AlwaysUseLowerCamelCase

public import CWestwind
internal import SystemPackage
internal import WestwindPlatform
internal import WestwindSockets

@c @implementation
public func zsock_poll(_ fds: UnsafeMutablePointer<pollfd>?, _ nfds: CInt, _ timeout: CInt) -> CInt {
  outcome { () throws(Errno) in
    // As poll(2), before anything is read.
    guard nfds >= 0, Int(nfds) <= sysconf(CInt(_SC_OPEN_MAX)) else { throw .invalidArgument }
    guard unsafe fds != nil || nfds == 0 else { throw .badAddress }
    // Sound: the program gives the number of its entries with their pointer.
    let programs = unsafe UnsafeMutableBufferPointer(start: fds, count: Int(nfds))
    var entries = unsafe programs.map {
      PollEntry(SocketDescriptor(rawValue: $0.fd), PollEvents(rawValue: $0.events))
    }
    let count = try SocketDescriptor.poll(&entries, timeout: timeout < 0 ? .forever : .milliseconds(Int(timeout)))
    for i in entries.indices { unsafe programs[i].revents = entries[i].returned.rawValue }
    return CInt(count)
  }
}
