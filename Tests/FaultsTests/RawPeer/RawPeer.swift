import SystemPackage
import WestwindSockets

/// The one peer in the tests that has no part of the library's protocol code, on purpose: handshake, frames, SHA-1 and
/// base64 are written once more in this folder, so that a mistake in the library's codec, which all other peers use
/// (`WestwindTestPeer`), cannot be on both ends. It shares the socket calls with the library, and zlib's streams of
/// `PerMessageDeflate` where a session is compressed.
///
/// Every wait is bounded, so a library that keeps a byte back shows as `timedOut`, not as a hang.
struct RawPeer: ~Copyable {
  /// Why a peer cannot go on.
  enum Trouble: Error, Hashable, CustomStringConvertible {
    /// The stream ended, or was reset.
    case ended
    case timedOut
    /// What came is not as the protocol wants it.
    case broken(String)

    var description: String {
      switch self {
      case .ended: "the stream ended"
      case .timedOut: "nothing came in time"
      case .broken(let why): why
      }
    }
  }

  /// What a peer in the client's role masks with.
  static let key: [UInt8] = [0x37, 0xFA, 0x21, 0x3D]

  let socket: SocketDescriptor
  let timeout: Timeout
  /// The peer is the server; otherwise it is the client, and masks.
  let isServer: Bool
  /// What the handshake agrees on for compression.
  let compression: PeerCompression?
  private var input: [UInt8] = []
  private var next = 0
  /// How many bytes it has sent.
  private(set) var sent = 0

  init(
    _ socket: SocketDescriptor, isServer: Bool, compression: PeerCompression? = nil, timeout: Timeout = .seconds(30)
  ) {
    self.socket = socket
    self.isServer = isServer
    self.compression = compression
    self.timeout = timeout
  }

  // MARK: Bytes

  mutating func write(_ bytes: [UInt8]) throws(Trouble) {
    var written = 0
    while written < bytes.count {
      do throws(Errno) {
        let count = try socket.send(written == 0 ? bytes : Array(bytes[written...]), timeout: timeout)
        written += count
        sent += count
      } catch {
        throw error == .wouldBlock ? .timedOut : .ended
      }
    }
  }

  private mutating func readMore() throws(Trouble) {
    if next == input.count {
      input = []
      next = 0
    }
    let bytes: [UInt8]
    do throws(Errno) {
      bytes = try socket.recv(maxCount: 65536, timeout: timeout)
    } catch {
      throw error == .wouldBlock ? .timedOut : .ended
    }
    guard !bytes.isEmpty else { throw .ended }
    input += bytes
  }

  mutating func read(_ count: Int) throws(Trouble) -> [UInt8] {
    while input.count - next < count { try readMore() }
    defer { next += count }
    return Array(input[next..<(next + count)])
  }

  /// Reads up to the end of the stream, and says how many bytes there were.
  mutating func readToEnd() throws(Trouble) -> Int {
    var count = input.count - next
    next = input.count
    while true {
      do throws(Trouble) {
        try readMore()
      } catch {
        if error == .ended { return count }
        throw error
      }
      count += input.count - next
      next = input.count
    }
  }

  // MARK: Frames

  mutating func write(_ frames: [RawFrame]) throws(Trouble) {
    try write(encoded(frames))
  }

  func encoded(_ frames: [RawFrame]) -> [UInt8] {
    frames.flatMap { frame in
      var frame = frame
      let isCompressed = compression != nil && !frame.isControl
      if isCompressed, let compression { frame.payload = compression.payload(of: frame) }
      return frame.encoded(
        key: isServer ? nil : Self.key, isMarked: isCompressed && frame.opcode != RawFrame.continuation)
    }
  }

  /// Reads the next frame and checks all that RFC 6455 asks of a single one.
  mutating func readFrame() throws(Trouble) -> RawFrame {
    let head = try read(2)
    let isMarked = head[0] & 0x40 != 0
    guard head[0] & 0x30 == 0, !isMarked || compression != nil else { throw .broken("reserved bits are set") }
    let isMasked = head[1] & 0x80 != 0
    guard isMasked == isServer else { throw .broken(isMasked ? "a server masked" : "a client did not mask") }
    var length = Int(head[1] & 0x7F)
    if length >= 126 {
      let isShort = length == 126
      length = try read(isShort ? 2 : 8).reduce(0) { $0 << 8 | Int($1) }
      guard length >= (isShort ? 126 : 65536) else { throw .broken("the length is not in its shortest form") }
    }
    let key = isMasked ? try read(4) : [0, 0, 0, 0]
    let frame = RawFrame(head[0] & 0x0F, masked(try read(length), key), isFinal: head[0] & 0x80 != 0)
    guard [0, 1, 2, 8, 9, 10].contains(frame.opcode) else { throw .broken("opcode \(frame.opcode)") }
    guard !frame.isControl || frame.isFinal && length <= 125 && !isMarked else {
      throw .broken("a control frame that may not be")
    }
    guard let compression, !frame.isControl else { return frame }
    return try compression.frame(from: frame, isMarked: isMarked)
  }
}
