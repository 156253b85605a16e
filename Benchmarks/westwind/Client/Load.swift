import Glibc
import PerMessageDeflate
import Westwind

/// A workload's numbers, and what all of them begin with.
struct Load {
  let server: BenchServer
  /// Bytes of a message.
  let size: Int
  let count: Int

  static let window = 64

  /// A connection that is open until the process ends.
  func open(_ target: String, isDeflated: Bool = false) throws -> WebSocketDescriptor {
    let socket = try server.connect()
    var request = WebSocketRequest(host: "127.0.0.1", url: target)
    if isDeflated {
      var compression = PerMessageDeflateOptions()
      compression.serverNoContextTakeover = true
      compression.clientNoContextTakeover = true
      compression.serverMaxWindowBits = 15
      compression.clientMaxWindowBits = 15
      compression.compressionLevel = 6
      compression.memoryLevel = 8
      request.options.compression = compression
    }
    return try websocketConnect(socket, request)
  }

  func sink(_ options: String = "") -> String { "/sink?count=\(count)\(options)" }
  func source(_ options: String = "") -> String { "/source?size=\(size)&count=\(count)\(options)" }

  /// Runs the body on a message's payload, which may be JSON.
  func withPayload<R>(isJSON: Bool = false, _ body: (RawSpan) throws -> R) throws -> R {
    let payload = isJSON ? sensorReadings(size) : [UInt8](repeating: 0x42, count: size)
    return try body(payload.span.bytes)
  }

  /// Receives the server's word that it has all.
  func receiveEnd(_ ws: WebSocketDescriptor) throws {
    try ws.withReceivedFrame { _, payload throws(WebSocketError) in precondition(payload.byteCount == 1) }
  }
}

/// Memory of a message's size, which is written over and over.
func withBuffer<R>(_ size: Int, _ body: (UnsafeMutableRawBufferPointer) throws -> R) rethrows -> R {
  let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: size, alignment: 64)
  defer { buffer.deallocate() }
  buffer.initializeMemory(as: UInt8.self, repeating: 0)
  return try body(buffer)
}

/// Readings of sensors as JSON, as long as asked.
func sensorReadings(_ size: Int) -> [UInt8] {
  var bytes: [UInt8] = []
  var n = 0
  while bytes.count < size {
    let sensor = n % 17 < 10 ? "0\(n % 17)" : "\(n % 17)"
    bytes +=
      """
      {"sensor":"greenhouse-\(sensor)","sequence":\(48120 + n),"temperature":\(18 + n % 9).\(n % 10),\
      "humidity":\(40 + n * 7 % 31),"battery":3.\(60 + n % 37)},
      """.utf8
    n += 1
  }
  return Array(bytes.prefix(size))
}
