import PerMessageDeflate
import SystemPackage
import WestwindSockets
import WestwindTesting

/// What a series of runs has in common.
struct FaultSetting: Codable, Sendable, CustomStringConvertible {
  enum Side: String, Codable, Sendable, CaseIterable {
    case client
    case server
  }

  enum Buffers: String, Codable, Sendable, CaseIterable {
    /// As small as the options allow: refilled and compacted all the time.
    case tiny
    /// As Kconfig has them.
    case standard

    var receive: Int { self == .tiny ? 64 : 65536 }
    var transmit: Int { self == .tiny ? 256 : 65536 }
  }

  enum Transport: String, Codable, Sendable, CaseIterable {
    case kernel
    /// A pipe in memory that holds less than a buffer.
    case memory
    /// TLS between the WebSocket and the kernel's socket: what fails is below TLS.
    case tls
  }

  enum Compression: String, Codable, Sendable, CaseIterable {
    case none
    /// Every message is compressed, and refers to those before it.
    case takeover
    /// Short messages go plain, and each of the others is compressed on its own.
    case noTakeover
  }

  var role: Side
  var buffers: Buffers
  var transport: Transport
  var compression = Compression.none

  var description: String {
    "\(role), \(buffers) buffers, \(transport) transport"
      + (compression == .none ? "" : ", compression with \(compression)")
  }

  /// What the side under test wishes for.
  var compressionOptions: PerMessageDeflateOptions? {
    guard compression != .none else { return nil }
    var options = PerMessageDeflateOptions()
    options.minimumSize = compression == .takeover ? 0 : 64
    options.serverNoContextTakeover = compression == .noTakeover
    options.clientNoContextTakeover = compression == .noTakeover
    return options
  }

  func pair() throws(Errno) -> (SocketDescriptor, SocketDescriptor) {
    switch transport {
    case .kernel, .tls: try SocketDescriptor.pair()
    case .memory: try MemorySocket.pair(capacity: buffers == .tiny ? 50 : 30000)
    }
  }

  /// All of the plain ones, and of those with compression the ones that differ most.
  static let all = Side.allCases.flatMap { role in
    Buffers.allCases.flatMap { buffers in
      Transport.allCases.map { FaultSetting(role: role, buffers: buffers, transport: $0) }
    } + [
      FaultSetting(role: role, buffers: .tiny, transport: .kernel, compression: .takeover),
      FaultSetting(role: role, buffers: .standard, transport: .memory, compression: .noTakeover),
    ]
  }

  /// - Parameter buffers: the sizes that the frames go by, if not this setting's.
  func session(sizedFor buffers: Buffers? = nil, ending: FixedSession.Ending) -> FixedSession {
    let buffers = buffers ?? self.buffers
    return FixedSession(receiveBuffer: buffers.receive, transmitBuffer: buffers.transmit, ending: ending)
  }
}
