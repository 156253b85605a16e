import Glibc
import SampleSupport
import SystemPackage

/// A file whose bytes are a payload. It is read where it is asked for, so that none of its size need be in memory.
struct PayloadFile {
  private let number: CInt
  /// Bytes of payload.
  let size: Int

  /// Opens `path` for reading; `-` is standard input, which has to be a file as well.
  ///
  /// The corresponding C functions are `open` and `fstat`.
  init(_ path: String) throws(Failure) {
    number = path == "-" ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC)
    var status = stat()
    guard number >= 0, fstat(number, &status) == 0 else {
      throw .wrongUse("cannot open '\(path)': \(Errno(rawValue: errno)); check the file's name and rights")
    }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw .wrongUse("'\(path)' is no file whose size is known: name one, or publish lines with --lines")
    }
    size = Int(status.st_size)
    guard size <= 268_435_455 else {
      throw .wrongUse("'\(path)' has \(grouped(size)) bytes: a packet of MQTT has 268,435,455 at most")
    }
  }

  /// Appends bytes of the file, from `offset` on. None at its end: it was cut meanwhile.
  ///
  /// The corresponding C function is `pread`.
  func read(from offset: Int, into output: inout OutputRawSpan) throws(Errno) {
    var failure: CInt = 0
    output.withUnsafeMutableBytes { buffer, count in
      var result: Int
      repeat {
        result = pread(number, buffer.baseAddress! + count, min(buffer.count - count, size - offset), offset)
      } while result < 0 && errno == EINTR
      if result < 0 { failure = errno } else { count += result }
    }
    guard failure == 0 else { throw Errno(rawValue: failure) }
  }

  func close() {
    if number != STDIN_FILENO { Glibc.close(number) }
  }
}
