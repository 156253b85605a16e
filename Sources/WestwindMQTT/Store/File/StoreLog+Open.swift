internal import SystemPackage
internal import WestwindPlatform

extension StoreLog {
  /// Opens a store's file, or makes one, and locks it.
  static func open(
    _ path: String, _ synchronization: MQTTFileStore.Synchronization
  ) throws(MQTTStoreError) -> StoreLog {
    let slash = path.utf8.lastIndex(of: UInt8(ascii: "/"))
    let name = String(slash.map { path[path.utf8.index(after: $0)...] } ?? path[...])
    // a text with NUL in it would name another file
    guard !["", ".", ".."].contains(name), !path.utf8.contains(0) else {
      throw .system(.invalidArgument, path: path)
    }
    do throws(Errno) {
      let folder = try OpenFile.folder(slash.map { String(path[...$0]) } ?? ".")
      while true {
        let file = try folder.open(name)
        let status = try file.status()
        guard status.st_mode & S_IFMT == S_IFREG else { break }
        guard try file.lock() else { throw Errno.wouldBlock }
        // a store that made its file anew has given the name to another one meanwhile
        guard let named = try folder.status(of: name), named.st_ino == status.st_ino,
          named.st_dev == status.st_dev
        else { continue }
        // of a program that was ended while it made the file anew
        do throws(Errno) { try folder.remove(name + compactingSuffix) } catch {
          guard error == .noSuchFileOrDirectory else { throw error }
        }
        return StoreLog(
          path: path, folder: folder, name: name, file: file, synchronization: synchronization)
      }
    } catch {
      throw error == .wouldBlock ? .inUse(path: path) : .system(error, path: path)
    }
    throw .notAStore(path: path)
  }

  /// Reads the file's header, or writes it where the file is new.
  ///
  /// - Returns: the file's size.
  mutating func readHeader() throws(MQTTStoreError) -> Int {
    let (size, bytes): (Int, [UInt8]) = try call { (log) throws(Errno) in
      let size = Int(try log.file.status().st_size)
      return (size, try log.file.bytes(FileRange(offset: 0, count: min(size, LogHeader.size))))
    }
    if let header = bytes.count == LogHeader.size ? LogHeader.read(bytes.span) : nil {
      (salt, end) = (header.salt, LogHeader.size)
      return size
    }
    // whoever made the file was ended in the middle of it
    let isBegun = bytes.count < LogHeader.size && zip(bytes, LogHeader.fixedPart).allSatisfy { $0 == $1 }
    guard isBegun else {
      throw bytes.starts(with: LogHeader.fixedPart) ? .damaged(path: path, offset: 0) : .notAStore(path: path)
    }
    try call { (log) throws(Errno) in
      try log.file.truncate(to: 0)
      try log.writeHeader()
      guard log.synchronization == .disk else { return }
      try log.file.synchronize()
      try log.folder.synchronize()
    }
    return end
  }

  /// Begins the file.
  mutating func writeHeader() throws(Errno) {
    salt = UInt32.random(in: .min ... .max)
    let header = LogHeader(salt: salt).bytes
    // Sound: bytes have no padding.
    try unsafe file.write(header.span.bytes, at: 0)
    end = LogHeader.size
  }
}
