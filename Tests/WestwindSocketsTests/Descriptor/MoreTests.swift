import SystemPackage
import Testing
import Westwind
import WestwindSockets
import WestwindTestSupport

struct MoreTests {
  @Test func `what more follows is held back and leaves with it`() throws {
    try withStream(.tcp) { a, b in
      // The kernel holds it back for a fifth of a second at the most, so a busy machine may see it leave early.
      var heldBack = 0
      for _ in 0..<50 {
        try a.send("head".bytes, flags: .more)
        if (try? b.recv(maxCount: 4, flags: [.peek, .dontWait])) == nil { heldBack += 1 }
        try a.send("tail".bytes)
        #expect(try b.receiveAll(8) == "headtail".bytes)
      }
      #expect(heldBack > 0)
    }
  }

  @Test func `without it bytes leave at once`() throws {
    try withStream(.tcp) { a, b in
      for _ in 0..<50 {
        try a.send("head".bytes)
        #expect(try b.receiveAll(4) == "head".bytes)
      }
    }
  }

  @Test(arguments: Stream.Kind.allCases)
  func `every kind takes the flag, and loses nothing`(_ kind: Stream.Kind) throws {
    try withStream(kind) { a, b in
      try a.gather(["a".bytes, "b".bytes, "c".bytes], flags: .more, timeout: nil)
      try a.send("d".bytes, flags: [.more, .dontWait])
      try a.send("e".bytes, flags: .more, timeout: .seconds(20))
      try a.send("f".bytes)
      #expect(try b.receiveAll(6) == "abcdef".bytes)
    }
  }

  @Test func `a frame that more follow stays on a ws descriptor until the next`() throws {
    let end = try WebSocketEnd(.server)
    defer { end.close() }
    try end.ws.descriptor.send("head".bytes, flags: .more)
    #expect(throws: Errno.wouldBlock) { try end.peer.recv(maxCount: 100, timeout: .milliseconds(50)) }
    try end.ws.descriptor.send("tail".bytes)
    #expect(try end.peer.receiveAll(12) == [0x82, 4] + "head".bytes + [0x82, 4] + "tail".bytes)
  }
}
