internal import SystemPackage
internal import TLSEngine

extension TLSSource {
  /// The bytes, read from the file if it is one.
  func bytes() throws(TLSError) -> [UInt8] {
    switch self {
    case .pem(let bytes): bytes
    case .file(let path): try Self.read(path) { (file) throws(Errno) in try file.all() }
    case .secret(let secret): secret.withBytes { unsafe $0.withUnsafeBytes { unsafe Array($0) } }
    }
  }

  /// The bytes of a private key. No other copy of them is left behind.
  func secret() throws(TLSError) -> TLSSecret {
    switch self {
    case .pem(let bytes): TLSSecret(bytes)
    case .file(let path): try Self.read(path) { (file) throws(Errno) in try file.secret() }
    case .secret(let secret): secret
    }
  }

  private static func read<R>(
    _ path: String, _ body: (FileDescriptor) throws(Errno) -> R
  ) throws(TLSError) -> R {
    do throws(Errno) {
      let file = try FileDescriptor.opened(path)
      defer { try? file.close() }
      return try body(file)
    } catch {
      throw .badConfiguration("cannot read \(path): \(error.description)")
    }
  }
}

extension FileDescriptor {
  /// The most that a key's file may have, in bytes.
  private static let secretLimit = 1 << 20

  fileprivate static func opened(_ path: String) throws(Errno) -> FileDescriptor {
    do {
      return try open(FilePath(path), .readOnly, options: .closeOnExec)
    } catch {
      throw error as? Errno ?? .ioError
    }
  }

  fileprivate func all() throws(Errno) -> [UInt8] {
    var bytes: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 16384)
    while true {
      // Sound: the array's own memory.
      let read = unsafe piece.withUnsafeMutableBytes { room in
        Result { () throws(Errno) in try unsafe readSome(into: room) }
      }
      let count = try read.get()
      guard count > 0 else { return bytes }
      bytes += piece[..<count]
    }
  }

  fileprivate func secret() throws(Errno) -> TLSSecret {
    try unsafe TLSSecret(capacity: Self.secretLimit + 1) { (room) throws(Errno) in
      var count = 0
      while count < room.count {
        let read = try unsafe readSome(into: UnsafeMutableRawBufferPointer(rebasing: room[count...]))
        if read == 0 { return count }
        count += read
      }
      throw .fileTooLarge
    }
  }

  /// Sound: the caller's memory, as long as it says.
  private func readSome(into room: UnsafeMutableRawBufferPointer) throws(Errno) -> Int {
    do {
      return try unsafe read(into: room)
    } catch {
      throw error as? Errno ?? .ioError
    }
  }
}
