import Glibc

/// What the system said when a file could not be read or written.
struct FileError: Error {
  let path: String
  let code: CInt

  var description: String { "\(path): error: \(String(cString: strerror(code)))" }
}

/// The bytes of the file at `path`.
func readFile(_ path: String) throws(FileError) -> [UInt8] {
  let descriptor = open(path, O_RDONLY | O_CLOEXEC)
  guard descriptor >= 0 else { throw FileError(path: path, code: errno) }
  defer { close(descriptor) }

  var bytes: [UInt8] = []
  var chunk = [UInt8](repeating: 0, count: 16384)
  while true {
    let count = chunk.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
    if count == 0 { return bytes }
    if count > 0 {
      bytes += chunk[..<count]
    } else if errno != EINTR {
      throw FileError(path: path, code: errno)
    }
  }
}

/// The bytes of the file at `path`; none when there is no such file.
func readFileIfPresent(_ path: String) throws(FileError) -> [UInt8] {
  do throws(FileError) {
    return try readFile(path)
  } catch {
    guard error.code == ENOENT else { throw error }
    return []
  }
}

/// Makes `bytes` the content of the file at `path`.
///
/// The compiler driver compares a source's modification time with that of the last build in whole seconds, and takes one
/// that changed twice within a second for unchanged. So the time moves to another second with each write.
func writeFile(_ path: String, _ bytes: [UInt8]) throws(FileError) {
  let descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o644)
  guard descriptor >= 0 else { throw FileError(path: path, code: errno) }
  defer { close(descriptor) }

  let before = try status(descriptor, path)
  guard ftruncate(descriptor, 0) == 0 else { throw FileError(path: path, code: errno) }
  var written = 0
  while written < bytes.count {
    let count = bytes[written...].withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
    if count >= 0 {
      written += count
    } else if errno != EINTR {
      throw FileError(path: path, code: errno)
    }
  }

  if before.st_size > 0, try status(descriptor, path).st_mtim.tv_sec <= before.st_mtim.tv_sec {
    let next = timespec(tv_sec: before.st_mtim.tv_sec + 1, tv_nsec: 0)
    guard futimens(descriptor, [next, next]) == 0 else { throw FileError(path: path, code: errno) }
  }
}

private func status(_ descriptor: CInt, _ path: String) throws(FileError) -> stat {
  var status = stat()
  guard fstat(descriptor, &status) == 0 else { throw FileError(path: path, code: errno) }
  return status
}

/// Writes one line to standard error.
func report(_ line: String) {
  var line = line + "\n"
  line.withUTF8 { _ = write(STDERR_FILENO, $0.baseAddress, $0.count) }
}
