internal import CWestwind
internal import WebSocketProtocol
internal import Westwind
internal import WestwindConfiguration
internal import WestwindPlatform
internal import WestwindSockets

// Sound in all: what a program's structure points to is valid during the call, and `receive_buffer` for the connection.

extension WebSocketOptions {
  /// What `struct westwind_options` says; the defaults for NULL.
  init(_ given: UnsafePointer<westwind_options>?) throws(CallFailure) {
    self.init()
    guard let given = unsafe given else { return }
    let options = try unsafe westwind_options(given)
    if unsafe options.manual_control_frames { controlFrames = .manual }
    allowUnmasked = unsafe options.any_mask
    if unsafe options.sends_binary { sendOpcode = .binary }
    let sizes = 1...Int(CInt.max)
    if let size = try unsafe number(options.max_message_size, in: sizes, "max_message_size") { maxMessageSize = size }
    if let size = try unsafe number(options.receive_buffer_size, in: 64...1 << 30, "receive_buffer_size") {
      receiveBufferSize = size
    }
    if let size = try unsafe number(options.transmit_buffer_size, in: 256...1 << 30, "transmit_buffer_size") {
      transmitBufferSize = size
    }
    if let size = try unsafe number(options.max_head_size, in: sizes, "max_head_size") { maxResponseHeadSize = size }
    if let size = try unsafe number(options.max_error_body_size, in: sizes, "max_error_body_size") {
      maxErrorBodySize = size
    }
    if let count = try unsafe number(options.max_contexts, in: sizes, "max_contexts") { maxContexts = count }
    if let memory = unsafe options.receive_buffer {
      guard let count = unsafe Int(exactly: options.receive_buffer_length), count >= 64 else {
        throw .argument("receive_buffer_length is less than 64")
      }
      unsafe receiveBuffer = UnsafeMutableRawBufferPointer(start: memory, count: count)
    } else if unsafe options.receive_buffer_length != 0 {
      throw .argument("receive_buffer is NULL, but receive_buffer_length is not 0")
    }
    ping = try unsafe KeepAlive.times(options.ping_interval, options.ping_timeout) ?? ping
    if unsafe options.ping_interval == -1 { ping = nil }
    if let compression = unsafe options.compression {
      self.compression = try unsafe PerMessageDeflateOptions(compression)
    }
  }
}

extension KeepAlive {
  /// nil where there is nothing set beyond what Kconfig says.
  fileprivate static func times(_ interval: Int32, _ timeout: Int32) throws(CallFailure) -> KeepAlive? {
    guard interval >= -1 else {
      throw .argument("ping_interval is \(interval): it has to be -1, 0 or more milliseconds")
    }
    guard timeout >= 0 else { throw .argument("ping_timeout is \(timeout): it has to be 0 or more milliseconds") }
    let interval = interval == 0 ? BuildConfiguration.WEBSOCKET_PING_INTERVAL_MS : Int(interval)
    guard interval > 0 else {
      guard timeout == 0 else { throw .argument("ping_timeout is set, but there is no ping_interval") }
      return nil
    }
    let timeout = timeout == 0 ? BuildConfiguration.WEBSOCKET_PING_TIMEOUT_MS : Int(timeout)
    return .ping(interval: .milliseconds(interval), timeout: .milliseconds(timeout))
  }
}

extension PerMessageDeflateOptions {
  fileprivate init(_ given: UnsafePointer<westwind_compression>) throws(CallFailure) {
    let options = try unsafe westwind_compression(given)
    self.init()
    serverNoContextTakeover = options.server_no_context_takeover
    clientNoContextTakeover = options.client_no_context_takeover
    offersClientMaxWindowBits = !options.no_client_max_window_bits
    if let bits = try number(options.server_max_window_bits, in: 8...15, "server_max_window_bits") {
      serverMaxWindowBits = bits
    }
    if let bits = try number(options.client_max_window_bits, in: 8...15, "client_max_window_bits") {
      clientMaxWindowBits = bits
    }
    if let level = try number(options.level, in: 1...9, "level") { compressionLevel = level }
    if let level = try number(options.memory_level, in: 1...9, "memory_level") { memoryLevel = level }
    if let size = try number(options.minimum_size, in: 1...Int(CInt.max), "minimum_size") { minimumSize = size }
  }
}
