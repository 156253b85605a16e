import Glibc
package import SystemPackage

/// The file, or standard input for `-` that a command reads.
package struct InputFile {
  private let number: CInt
  private let isRegular: Bool
  /// Bytes to come; nil for a pipe or a terminal.
  package let size: Int?

  /// Opens `path` for reading.
  ///
  /// The corresponding C functions are `open` and `fstat`.
  package init(_ path: String) throws(Failure) {
    number = path == "-" ? STDIN_FILENO : unsafe open(path, O_RDONLY | O_CLOEXEC)
    var status = stat()
    guard number >= 0, unsafe fstat(number, &status) == 0 else {
      throw .wrongUse("cannot open '\(path)': \(Errno(rawValue: errno)); check the file's name and rights")
    }
    guard status.st_mode & S_IFMT != S_IFDIR else {
      throw .wrongUse("'\(path)' is a directory: name a file, or '-' for standard input")
    }
    isRegular = status.st_mode & S_IFMT == S_IFREG
    size = isRegular ? Int(status.st_size) - max(0, lseek(number, 0, SEEK_CUR)) : nil
  }

  /// Reads what is there, up to the size of the buffer; 0 at the end of the file.
  ///
  /// While a pipe or terminal has nothing to give, `shouldStop` is asked ten times a second; if it says so, 0 is given.
  package func read(into buffer: inout [UInt8], unless shouldStop: () -> Bool) throws(Errno) -> Int {
    var entry = pollfd(fd: number, events: Int16(POLLIN), revents: 0)
    while !isRegular, unsafe poll(&entry, 1, 100) <= 0 {
      if shouldStop() { return 0 }
    }
    while true {
      let count = unsafe Glibc.read(number, &buffer, buffer.count)
      if count >= 0 { return count }
      if errno != EINTR { throw Errno(rawValue: errno) }
    }
  }

  package func close() {
    if number != STDIN_FILENO { Glibc.close(number) }
  }
}
