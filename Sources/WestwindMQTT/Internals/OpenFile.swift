internal import SystemPackage
internal import WestwindPlatform
internal import WestwindSockets

/// A file or folder that is open, and closed when this goes away.
///
/// swift-system's calls throw errors without a type and know no folder to begin at, so these are made here. All of them
/// are sound for the same reason: the C library reads texts that end in NUL, which a `String` is passed as, and buffers
/// whose length goes with them, and keeps nothing of either.
struct OpenFile: ~Copyable {
  let number: CInt

  private init(number: CInt) {
    self.number = number
  }

  deinit {
    // a child that another thread is about to start may have the file for a moment longer, and must not keep the lock
    _ = flock(number, LOCK_UN)
    // nothing can be done about an error: what matters has been synchronized before
    _ = WestwindPlatform.close(number)
  }

  /// Opens a folder, which `open` begins at: it stays the same one when it is renamed or the program goes to another.
  static func folder(_ path: String) throws(Errno) -> OpenFile {
    let number = try retryingInterrupts { unsafe WestwindPlatform.open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC) }.get()
    return OpenFile(number: number)
  }

  /// Opens a file of this folder for reading and writing, and makes it where there is none: readable by its user only.
  /// A symbolic link is refused, since `rename` would take its place instead of the file's.
  func open(_ name: String, truncating: Bool = false) throws(Errno) -> OpenFile {
    let flags = O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | (truncating ? O_TRUNC : 0)
    let opened = try retryingInterrupts { unsafe openat(number, name, flags, 0o600) }.get()
    return OpenFile(number: opened)
  }

  /// Renames a file of this folder over another.
  func rename(_ name: String, to newName: String) throws(Errno) {
    _ = try retryingInterrupts { unsafe renameat(number, name, number, newName) }.get()
  }

  /// Takes a file out of this folder.
  func remove(_ name: String) throws(Errno) {
    _ = try retryingInterrupts { unsafe unlinkat(number, name, 0) }.get()
  }

  /// What and how large the file is.
  func status() throws(Errno) -> stat {
    var status = stat()
    _ = try retryingInterrupts { unsafe fstat(number, &status) }.get()
    return status
  }

  /// What the name in this folder stands for; nil where it stands for nothing.
  func status(of name: String) throws(Errno) -> stat? {
    var status = stat()
    do throws(Errno) {
      _ = try retryingInterrupts { unsafe fstatat(number, name, &status, AT_SYMLINK_NOFOLLOW) }.get()
    } catch {
      if error == .noSuchFileOrDirectory { return nil }
      throw error
    }
    return status
  }

  /// Locks the file, for as long as it is open.
  ///
  /// - Returns: false where it is locked already: by another process, or by this one.
  func lock() throws(Errno) -> Bool {
    do throws(Errno) { _ = try retryingInterrupts { flock(number, LOCK_EX | LOCK_NB) }.get() } catch {
      if error == .wouldBlock { return false }
      throw error
    }
    return true
  }
}
