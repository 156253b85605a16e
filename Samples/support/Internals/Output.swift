import Glibc
package import SystemPackage

/// Standard output or standard error, written without a buffer in between.
package enum Output {
  case standardOutput
  case standardError

  private var number: CInt {
    switch self {
    case .standardOutput: STDOUT_FILENO
    case .standardError: STDERR_FILENO
    }
  }

  package var isTerminal: Bool {
    isatty(number) == 1
  }

  /// Writes every byte. `EPIPE` says that the reader has gone (`| head`).
  ///
  /// The corresponding C function is `write`.
  package func write(_ bytes: [UInt8]) throws(Errno) {
    var done = 0
    while done < bytes.count {
      let written = unsafe bytes.withUnsafeBytes { bytes in
        unsafe Glibc.write(number, bytes.baseAddress! + done, bytes.count - done)
      }
      if written >= 0 {
        done += written
      } else if errno == EAGAIN {
        // The terminal or pipe is non-blocking because another process made it so.
        var entry = pollfd(fd: number, events: Int16(POLLOUT), revents: 0)
        unsafe poll(&entry, 1, -1)
      } else if errno != EINTR {
        throw Errno(rawValue: errno)
      }
    }
  }

  package func write(_ text: String) throws(Errno) {
    try write(Array(text.utf8))
  }
}

/// Lets a write to a closed pipe fail with `EPIPE`; by default it would end the process.
package func ignoreBrokenPipes() {
  signal(SIGPIPE, SIG_IGN)
}

package func exitProcess(_ status: ExitStatus) -> Never {
  exit(status.rawValue)
}
