import Glibc
import Synchronization
import SystemPackage
import Testing
import Westwind
import WestwindSockets
import WestwindTestPeer
import WestwindTestSupport
import WestwindTesting

/// Two connected ends of a stream, of some kind of descriptor.
final class Stream: Sendable {
  enum Kind: String, Sendable, CaseIterable, CustomTestStringConvertible {
    case tcp = "TCP"
    case unix = "a Unix pair"
    case memory = "memory"
    case scripted = "scripted over memory"
    case webSocket = "ws over TCP"

    static let kernel: [Kind] = [.tcp, .unix]
    /// Those without frames.
    static let bytes: [Kind] = [.tcp, .unix, .memory, .scripted]

    var testDescription: String { rawValue }
  }

  let a: SocketDescriptor
  let b: SocketDescriptor
  /// What is to be closed, the uppermost first: each end, and what is below it.
  private let open: Mutex<(a: [SocketDescriptor], b: [SocketDescriptor])>

  /// - Parameter capacity: about how many bytes a writer may be ahead of the reader.
  init(_ kind: Kind, capacity: Int? = nil) throws {
    var below: (a: [SocketDescriptor], b: [SocketDescriptor]) = ([], [])
    switch kind {
    case .tcp:
      (a, b) = try tcpPair(capacity: capacity)
    case .unix:
      (a, b) = try SocketDescriptor.pair()
      if let capacity {
        for end in [a, b] { try end.setsockopt(level: SOL_SOCKET, name: SO_SNDBUF, value: CInt(capacity)) }
      }
    case .memory:
      (a, b) = try MemorySocket.pair(capacity: capacity ?? 65536)
    case .scripted:
      let sockets = try MemorySocket.pair(capacity: capacity ?? 65536)
      a = try ScriptedSocket.make(over: sockets.0, script: .init()).descriptor
      b = try ScriptedSocket.make(over: sockets.1, script: .init()).descriptor
      below = ([sockets.0], [sockets.1])
    case .webSocket:
      let sockets = try tcpPair(capacity: capacity)
      let ends = try webSocketPair(client: sockets.0, server: sockets.1)
      a = ends.client.descriptor
      b = ends.server.descriptor
      below = ([sockets.0], [sockets.1])
    }
    open = Mutex(([a] + below.a, [b] + below.b))
  }

  deinit {
    close()
  }

  /// Closes what is still open. A number is closed once only: it may be another test's afterwards.
  func close() {
    let left = open.withLock { open in
      defer { open = ([], []) }
      return open.a + open.b
    }
    for end in left { try? end.close() }
  }

  /// Closes the second end, and all that is below it.
  func hangUp() {
    let left = open.withLock { open in
      defer { open.b = [] }
      return open.b
    }
    for end in left { try? end.close() }
  }

  /// Closes the second end of TCP so that the first gets a reset and not an end.
  func reset() throws {
    var linger = linger(l_onoff: 1, l_linger: 0)
    try withUnsafeBytes(of: &linger) {
      try b.setsockopt(level: SOL_SOCKET, name: SO_LINGER, value: RawSpan(_unsafeBytes: $0))
    }
    hangUp()
  }
}

/// Lends two connected ends, and closes them.
func withStream<R>(
  _ kind: Stream.Kind, capacity: Int? = nil, _ body: (_ a: SocketDescriptor, _ b: SocketDescriptor) throws -> R
) throws -> R {
  let stream = try Stream(kind, capacity: capacity)
  defer { stream.close() }
  return try body(stream.a, stream.b)
}

extension SocketDescriptor {
  /// Sends until nothing more is taken.
  ///
  /// TCP has room again while the kernel moves bytes to the other end, so it is full only when it has stayed so. Even
  /// then a few bytes may fit some time later: see `sendUntilFull`.
  ///
  /// - Returns: the bytes that were taken.
  @discardableResult
  func fill() throws -> Int {
    let isTCP = (try? getsockname())?.port != nil
    let block = pattern(size: 4096, seed: 1)
    var total = 0
    repeat {
      while let count = try? send(block, flags: .dontWait) { total += count }
      while let count = try? send([0], flags: .dontWait) { total += count }
    } while try poll(for: .writable, timeout: isTCP ? .milliseconds(300) : .immediate).contains(.writable)
    return total
  }

  /// Makes a send that waits, or does not, again and again until it takes nothing.
  ///
  /// - Returns: what that one threw, and how long it took.
  func sendUntilFull(
    flags: MessageFlags = [], timeout: Timeout? = nil
  ) throws -> (error: Errno, time: Duration) {
    let block = pattern(size: 4096, seed: 1)
    for _ in 0..<10_000 {
      let (error, time) = elapsed { () -> Errno? in
        do throws(Errno) {
          try send(block, flags: flags, timeout: timeout)
          return nil
        } catch {
          return error
        }
      }
      if let error { return (error, time) }
    }
    throw TestSupportError("there is no end to what it takes")
  }

  /// Receives exactly so many bytes, or fewer at the end of the stream.
  func receiveAll(_ count: Int) throws -> [UInt8] {
    try recv(maxCount: count, flags: .waitForAll, timeout: .seconds(30))
  }
}

extension String {
  var bytes: [UInt8] { Array(utf8) }
}
