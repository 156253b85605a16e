internal import WestwindSockets

/// Strings that programs have been given pointers to. They stay as long as the process: each is kept once, and protocols that
/// a program knows are few.
enum ProtocolNames {
  private static let known = unsafe SharedLock<[[UInt8]: UnsafePointer<CChar>]>([:])

  static func pointer(to name: [UInt8]) -> UnsafePointer<CChar> {
    unsafe known.withLock { known in
      if let pointer = unsafe known[name] { return unsafe pointer }
      let bytes = UnsafeMutableBufferPointer<CChar>.allocate(capacity: name.count + 1)
      // Sound: room for the name and the NUL behind it, which is written here and only read from then on.
      _ = unsafe bytes.initialize(from: name.map { CChar(bitPattern: $0) } + [0])
      let pointer = unsafe UnsafePointer(bytes.baseAddress!)
      unsafe known[name] = pointer
      return unsafe pointer
    }
  }
}
