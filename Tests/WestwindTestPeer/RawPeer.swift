import Glibc
import Synchronization
import SystemPackage
import WebSocketProtocol
public import WestwindSockets
import WestwindTestSupport

/// The other end of a connection under test, for all targets but one: it knows nothing of the library's connections,
/// writes bytes and reads bytes, and has frames and handshakes from `WebSocketProtocol`. It keeps no buffer, so it never
/// takes more off the stream than it was asked for.
///
/// A mistake in the library's codec would be on both ends here. `FaultsTests` has the peer that shows it: its frames, its
/// SHA-1 and its base64 are written once more there.
public final class RawPeer: Sendable {
  public let socket: SocketDescriptor
  /// The end under test.
  public let opposite: SocketDescriptor
  private let isClosed = Atomic<Bool>(false)

  public init(socket: SocketDescriptor, opposite: SocketDescriptor) {
    self.socket = socket
    self.opposite = opposite
  }

  public func write(_ bytes: [UInt8]) throws { try socket.write(bytes) }
  public func write(_ text: String) throws { try socket.write(text) }
  public func read(_ count: Int) throws -> [UInt8] { try socket.read(count) }
  public func readHead() throws -> HTTPHead { try socket.readHead() }
  public func readToEnd() throws -> [UInt8] { try socket.readToEnd() }

  /// All that is there now, and maybe nothing.
  public func readAvailable() throws -> [UInt8] {
    var bytes: [UInt8] = []
    while let more = try? socket.recv(maxCount: 65536, timeout: .immediate), !more.isEmpty {
      bytes += more
    }
    return bytes
  }

  /// Reads the next frame, and takes its mask off.
  public func readFrame() throws -> Frame {
    var bytes: [UInt8] = []
    while true {
      bytes += try read(1)
      var index = 0
      guard let header = try FrameHeader.read(bytes.span, from: &index) else { continue }
      var frame = Frame(header)
      frame.payload = frame.masking(try read(Int(header.payloadLength)))
      return frame
    }
  }

  public func readFrames(_ count: Int) throws -> [Frame] {
    try (0..<count).map { _ in try readFrame() }
  }

  /// Reads a client's request and accepts it.
  public func acceptHandshake() throws {
    try write(try readHead().acceptance)
  }

  /// Writes, and returns when there is something for the other end to receive, which may then do with little time.
  public func deliver(_ bytes: [UInt8]) throws {
    try write(bytes)
    // By the kernel's own call: the layer's takes in what is nothing for the program.
    var entry = pollfd(fd: opposite.operations.readableNumber, events: CShort(POLLIN), revents: 0)
    guard poll(&entry, 1, 20_000) == 1 else {
      throw TestSupportError("what was written does not arrive")
    }
  }

  /// Waits until the other end has taken off its socket what was written: what is written next does not join it.
  public func waitUntilTaken() throws {
    let end = ContinuousClock.now + .seconds(20)
    while let rest = try? opposite.recv(maxCount: 1, flags: [.peek, .dontWait]), !rest.isEmpty {
      guard ContinuousClock.now < end else { throw TestSupportError("the other end does not read") }
      usleep(200)
    }
  }

  /// Closes the peer's end; once, since the number may be another test's afterwards.
  public func close() {
    if !isClosed.exchange(true, ordering: .relaxed) { try? socket.close() }
  }
}

// What a peer of any kind does with its socket. No wait is longer than `patience`.
extension SocketDescriptor {
  public func write(_ text: String) throws {
    try write(Array(text.utf8))
  }

  public func write(_ bytes: [UInt8]) throws {
    let sent = try send(bytes, timeout: patience)
    guard sent == bytes.count else { throw TestSupportError("the peer could write \(sent) of \(bytes.count) bytes") }
  }

  /// Reads exactly so many bytes.
  public func read(_ count: Int) throws -> [UInt8] {
    var bytes: [UInt8] = []
    while bytes.count < count {
      let more = try recv(maxCount: count - bytes.count, timeout: patience)
      guard !more.isEmpty else {
        let text = String(decoding: bytes, as: UTF8.self).debugDescription
        throw TestSupportError("the stream ended after \(bytes.count) of \(count) bytes: \(text)")
      }
      bytes += more
    }
    return bytes
  }

  /// Reads an HTTP head, up to its empty line and nothing behind it.
  public func readHead() throws -> HTTPHead {
    var bytes: [UInt8] = []
    while !bytes.suffix(4).elementsEqual("\r\n\r\n".utf8) { bytes += try read(1) }
    return HTTPHead(text: String(decoding: bytes, as: UTF8.self))
  }

  /// Reads up to the end of the stream.
  @discardableResult
  public func readToEnd() throws -> [UInt8] {
    var bytes: [UInt8] = []
    while true {
      let more = try recv(maxCount: 65536, timeout: patience)
      guard !more.isEmpty else { return bytes }
      bytes += more
    }
  }
}

/// Long enough for anything on a busy machine: a test that waits as long has failed.
public let patience = Timeout.seconds(30)
