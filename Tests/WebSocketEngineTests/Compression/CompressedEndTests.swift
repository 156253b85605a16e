import PerMessageDeflate
import Testing
import WebSocketEngine
import WebSocketProtocol
import WestwindTestSupport

/// Ends in the middle of compressed messages.
struct CompressedEndTests {
  @Test(arguments: Role.all)
  func `a stream that ends inside a compressed frame is ENOTCONN, not a short message`(role: Role) throws {
    try withCompression(role) { (session, codec) throws in
      let bytes = session.bytes(try codec.frame(.binary, compressible(size: 3000)))
      session.peer.write(Array(bytes.dropLast()))
      session.peer.close()
      #expect(failure { try session.recvMsg(maxCount: 10) } == .ended)
      #expect(session.closeStatus == CloseStatus(code: .abnormal))
    }
  }

  @Test(arguments: Role.all)
  func `what was inflated before the end is delivered first`(role: Role) throws {
    try withCompression(role) { (session, codec) throws in
      session.peer.write(
        session.bytes(try codec.frame(.text, "whole".bytes))
          + session.bytes(try codec.frame(.text, "half".bytes)).dropLast())
      session.peer.close()
      #expect(try session.receiveMessage().text == "whole")
      #expect(failure { try session.receiveMessage() } == .ended)
    }
  }
}
