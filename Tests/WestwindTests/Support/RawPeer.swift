import Glibc
import Synchronization
import SystemPackage
import WebSocketProtocol
import WestwindSockets
import WestwindTestSupport

/// The other end of a connection under test, which knows nothing of the library's WebSocket: it writes bytes and
/// reads bytes. It keeps no buffer, so it never takes more off the stream than it was asked for.
final class RawPeer: Sendable {
  let socket: SocketDescriptor
  /// The end under test.
  let opposite: SocketDescriptor
  private let isClosed = Atomic<Bool>(false)

  init(socket: SocketDescriptor, opposite: SocketDescriptor) {
    self.socket = socket
    self.opposite = opposite
  }

  func write(_ bytes: [UInt8]) throws {
    let sent = try socket.send(bytes, timeout: patience)
    guard sent == bytes.count else { throw TestSupportError("the peer could write \(sent) of \(bytes.count) bytes") }
  }

  func write(_ text: String) throws {
    try write(text.bytes)
  }

  /// Reads exactly so many bytes.
  func read(_ count: Int) throws -> [UInt8] {
    var bytes: [UInt8] = []
    while bytes.count < count {
      let more = try socket.recv(maxCount: count - bytes.count, timeout: patience)
      guard !more.isEmpty else {
        throw TestSupportError(
          "the stream ended after \(bytes.count) of \(count) bytes: \(bytes.text.debugDescription)")
      }
      bytes += more
    }
    return bytes
  }

  /// All that is there now, and maybe nothing.
  func readAvailable() throws -> [UInt8] {
    var bytes: [UInt8] = []
    while let more = try? socket.recv(maxCount: 65536, timeout: .immediate), !more.isEmpty {
      bytes += more
    }
    return bytes
  }

  /// All up to the end of the stream.
  func readToEnd() throws -> [UInt8] {
    var bytes: [UInt8] = []
    while true {
      let more = try socket.recv(maxCount: 65536, timeout: patience)
      guard !more.isEmpty else { return bytes }
      bytes += more
    }
  }

  /// The next frame, its mask taken off.
  func readFrame() throws -> Frame {
    var bytes: [UInt8] = []
    while true {
      bytes += try read(1)
      var index = 0
      guard let header = try FrameHeader.read(bytes.span, from: &index) else { continue }
      var frame = Frame(
        header.opcode, isFinal: header.isFinal, reservedBits: header.reservedBits, key: header.maskingKey)
      frame.payload = frame.masking(try read(Int(header.payloadLength)))
      return frame
    }
  }

  func readFrames(_ count: Int) throws -> [Frame] {
    try (0..<count).map { _ in try readFrame() }
  }

  /// Writes, and returns when there is something for the other end to receive, which may then do with little time.
  func deliver(_ bytes: [UInt8]) throws {
    try write(bytes)
    guard try opposite.poll(for: .readable, timeout: patience) == .readable else {
      throw TestSupportError("what was written does not arrive")
    }
  }

  /// Waits until the other end has taken off its socket what was written: what is written next does not join it.
  func waitUntilTaken() throws {
    let end = ContinuousClock.now + .seconds(20)
    while let rest = try? opposite.recv(maxCount: 1, flags: [.peek, .dontWait]), !rest.isEmpty {
      guard ContinuousClock.now < end else { throw TestSupportError("the other end does not read") }
      usleep(200)
    }
  }

  /// Closes the peer's end; once, since the number may be another test's afterwards.
  func close() {
    if !isClosed.exchange(true, ordering: .relaxed) { try? socket.close() }
  }
}

/// The frames that bytes are; what is left at the end is half a frame.
func parseFrames(_ bytes: [UInt8]) throws -> (frames: [Frame], rest: Int) {
  var frames: [Frame] = []
  var index = 0
  while true {
    let start = index
    guard let header = try FrameHeader.read(bytes.span, from: &index) else { return (frames, bytes.count - start) }
    guard header.payloadLength <= UInt64(bytes.count - index) else { return (frames, bytes.count - start) }
    var frame = Frame(header.opcode, isFinal: header.isFinal, reservedBits: header.reservedBits, key: header.maskingKey)
    frame.payload = frame.masking(Array(bytes[index..<(index + Int(header.payloadLength))]))
    frames.append(frame)
    index += Int(header.payloadLength)
  }
}

/// Long enough for anything on a busy machine: a test that waits as long has failed.
let patience = Timeout.seconds(30)
