import Testing
import WebSocketProtocol
import WestwindTestSupport

/// The other end of a session, which knows nothing of the engine: it writes bytes and reads bytes.
final class Peer {
  /// What it has written and the engine has not received.
  var written: ArraySlice<UInt8> = []
  /// What the engine has sent and the peer has not read.
  var received: [UInt8] = []
  private(set) var isClosed = false

  func write(_ bytes: [UInt8]) { written += bytes }
  func write(_ text: String) { write(text.bytes) }

  /// Ends the stream.
  func close() { isClosed = true }

  /// Reads the next frame.
  func readFrame() throws -> Frame {
    var index = 0
    guard let frame = Frame(received, at: &index) else {
      throw TestSupportError("no frame in \(received.count) bytes: \(received.prefix(20))")
    }
    received.removeFirst(index)
    return frame
  }

  func readFrames(_ count: Int) throws -> [Frame] { try (0..<count).map { _ in try readFrame() } }

  /// Reads all that is there.
  func readAvailable() -> [UInt8] {
    defer { received = [] }
    return received
  }
}

/// Opens a connection in a role and runs `body` with it.
func withSession<R>(
  _ role: Role = .client, options: SessionOptions = SessionOptions(), _ body: (Session) throws -> R
) throws -> R {
  try body(Session(role, options))
}

/// What a call throws. It is a failed test if it throws nothing.
func failure<R>(of call: () throws -> R, sourceLocation: SourceLocation = #_sourceLocation) -> CallError? {
  do {
    let result = try call()
    Issue.record("it was to throw, and returned \(result)", sourceLocation: sourceLocation)
  } catch let error as CallError {
    return error
  } catch {
    Issue.record("it threw \(error)", sourceLocation: sourceLocation)
  }
  return nil
}
