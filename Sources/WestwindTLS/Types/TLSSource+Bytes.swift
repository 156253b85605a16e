internal import SystemPackage
internal import TLSEngine

extension TLSSource {
  /// The bytes, read from the file if it is one.
  func bytes() throws(TLSError) -> [UInt8] {
    switch self {
    case .pem(let bytes): bytes
    case .file(let path): try Self.read(path).withBytes { unsafe $0.withUnsafeBytes { unsafe Array($0) } }
    case .secret(let secret): secret.withBytes { unsafe $0.withUnsafeBytes { unsafe Array($0) } }
    }
  }

  /// The bytes of a private key. No other copy of them is left behind.
  func secret() throws(TLSError) -> TLSSecret {
    switch self {
    case .pem(let bytes): TLSSecret(bytes)
    case .file(let path): try Self.read(path)
    case .secret(let secret): secret
    }
  }

  /// The most that a file may have, in bytes. The system's own list of authorities has a quarter of it.
  private static let limit = 1 << 20

  private static func read(_ path: String) throws(TLSError) -> TLSSecret {
    do throws(Errno) {
      return try unsafe TLSSecret(capacity: limit + 1) { (room) throws(Errno) in
        let file = try open(path)
        defer { try? file.close() }
        var count = 0
        while count < room.count {
          let read = try unsafe read(file, UnsafeMutableRawBufferPointer(rebasing: room[count...]))
          if read == 0 { return count }
          count += read
        }
        throw .fileTooLarge
      }
    } catch {
      throw .badConfiguration("cannot read \(path): \(error.description)")
    }
  }

  private static func open(_ path: String) throws(Errno) -> FileDescriptor {
    do {
      return try FileDescriptor.open(FilePath(path), .readOnly, options: .closeOnExec)
    } catch {
      throw error as? Errno ?? .ioError
    }
  }

  /// Sound: the caller's memory, as long as it says.
  private static func read(_ file: FileDescriptor, _ room: UnsafeMutableRawBufferPointer) throws(Errno) -> Int {
    do {
      return try unsafe file.read(into: room)
    } catch {
      throw error as? Errno ?? .ioError
    }
  }
}
