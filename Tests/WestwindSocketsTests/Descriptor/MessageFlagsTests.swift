import Glibc
import SystemPackage
import Testing
import WestwindSockets
import WestwindTestSupport

/// Flags that this library does not know are refused where they enter, whatever the kernel makes of them.
struct MessageFlagsTests {
  private static let truncated = MessageFlags(rawValue: CInt(MSG_TRUNC))

  @Test func `MSG-TRUNC neither traps on a datagram nor gives memory that nobody wrote`() throws {
    let (a, b) = (try SocketDescriptor.open(.ipv4, .datagram), try SocketDescriptor.open(.ipv4, .datagram))
    defer { for socket in [a, b] { try? socket.close() } }
    try a.bind(to: .loopback(port: 0))
    try b.connect(to: a.getsockname())
    try b.send([UInt8](repeating: 65, count: 1000))
    #expect(throws: Errno.notSupportedOnSocket) {
      try a.recv(maxCount: 10, flags: Self.truncated, timeout: .seconds(20))
    }
    // The datagram is still there.
    #expect(try a.recv(maxCount: 10, timeout: .seconds(20)) == [UInt8](repeating: 65, count: 10))
    try withStream(.tcp) { a, b in
      try b.send([UInt8](repeating: 65, count: 4000))
      #expect(throws: Errno.notSupportedOnSocket) {
        try a.recv(maxCount: 4096, flags: Self.truncated, timeout: .seconds(20))
      }
      #expect(try a.receiveAll(4000) == [UInt8](repeating: 65, count: 4000))
    }
  }

  @Test(arguments: Stream.Kind.allCases)
  func `every flag is known or refused, on every kind of descriptor`(_ kind: Stream.Kind) throws {
    try withStream(kind) { a, b in
      let idle = MSG_NOSIGNAL | MSG_CMSG_CLOEXEC
      let forReceiving = [MSG_PEEK, MSG_WAITALL, MSG_DONTWAIT, idle].map { CInt($0) }.reduce(0, |)
      let forSending = [MSG_DONTWAIT, MSG_MORE, idle].map { CInt($0) }.reduce(0, |)
      for bit in 0..<31 {
        let flag = MessageFlags(rawValue: 1 << CInt(bit))
        if forReceiving & flag.rawValue == 0 {
          #expect(throws: Errno.notSupportedOnSocket) { try a.recv(maxCount: 1, flags: flag, timeout: .immediate) }
          #expect(throws: Errno.notSupportedOnSocket) { try a.recv(maxCount: 0, flags: flag, timeout: .immediate) }
        } else {
          #expect(throws: Errno.wouldBlock) { try a.recv(maxCount: 1, flags: flag, timeout: .immediate) }
        }
        if forSending & flag.rawValue == 0 {
          #expect(throws: Errno.notSupportedOnSocket) { try b.send([1], flags: flag, timeout: .immediate) }
        }
      }
      // None of the refused ones has sent anything.
      #expect(throws: Errno.wouldBlock) { try a.recv(maxCount: 1, timeout: .immediate) }
    }
  }
}
