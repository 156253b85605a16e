package import Synchronization
package import Westwind
internal import WestwindConfiguration

extension WebSocketOptions {
  /// `WEBSOCKET_MAX_CONTEXTS`, but for a test.
  package static let zephyrContexts = Atomic(BuildConfiguration.WEBSOCKET_MAX_CONTEXTS)

  /// Zephyr's way: the program sees every control frame and answers it, and `mask` is its own.
  static var zephyr: WebSocketOptions {
    var options = WebSocketOptions()
    options.controlFrames = .manual
    options.allowUnmasked = true
    options.maxContexts = zephyrContexts.load(ordering: .relaxed)
    return options
  }

  /// Receives into the program's memory; into the library's own, where that is too small to be of use.
  mutating func lend(_ memory: UnsafeMutablePointer<UInt8>?, _ count: Int) {
    // Sound: the program has promised that the memory stays, as the option asks.
    if let memory = unsafe memory, count >= 64 {
      unsafe receiveBuffer = UnsafeMutableRawBufferPointer(start: memory, count: count)
    }
  }
}
