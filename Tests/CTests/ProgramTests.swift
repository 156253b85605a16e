import Testing
import WestwindTestCertificates
import WestwindTestSupport

/// The programs in `Programs`: each checks what it is named for, in C11 under valgrind, and in C++17, under valgrind too where
/// `WESTWIND_C_MEMORY` is set.
@Suite(.serialized, .enabled(if: CProgram.isPossible, "run Scripts/prepare --tests"))
struct ProgramTests {
  @Test(arguments: CProgram.Language.allCases)
  func `the headers' numbers and signatures are Zephyr's`(language: CProgram.Language) throws {
    _ = try CProgram("constants", language)()
  }

  @Test(arguments: CProgram.Language.allCases)
  func `websocket_connect sends what Zephyr sends, and calls back`(language: CProgram.Language) throws {
    _ = try CProgram("connect", language)()
  }

  @Test(arguments: CProgram.Language.allCases)
  func `websocket_connect fails with Zephyr's codes`(language: CProgram.Language) throws {
    _ = try CProgram("connect_codes", language)()
  }

  @Test(arguments: CProgram.Language.allCases)
  func `websocket_send_msg sends as given, and fails with Zephyr's codes`(language: CProgram.Language) throws {
    _ = try CProgram("send", language)()
  }

  @Test(arguments: CProgram.Language.allCases)
  func `websocket_recv_msg says what Zephyr says, row by row, and more`(language: CProgram.Language) throws {
    _ = try CProgram("recv", language)()
  }

  @Test(arguments: CProgram.Language.allCases)
  func `websocket_disconnect, register and unregister`(language: CProgram.Language) throws {
    _ = try CProgram("end", language)()
  }

  @Test(arguments: CProgram.Language.allCases)
  func `control frames are the program's, unless an option says otherwise`(language: CProgram.Language) throws {
    _ = try CProgram("control", language)()
  }

  @Test(arguments: CProgram.Language.allCases)
  func `the zsock calls take sockets and WebSockets`(language: CProgram.Language) throws {
    _ = try CProgram("sockets", language)()
  }

  @Test(arguments: CProgram.Language.allCases)
  func `the POSIX names mean the zsock calls`(language: CProgram.Language) throws {
    _ = try CProgram("posix_names", language)()
  }

  @Test(arguments: CProgram.Language.allCases)
  func `threads share a WebSocket`(language: CProgram.Language) throws {
    _ = try CProgram("threads", language)()
  }

  @Test(arguments: CProgram.Language.allCases)
  func `tls_credential_add, get and delete`(language: CProgram.Language) throws {
    _ = try CProgram("credentials", language)()
  }

  @Test(arguments: CProgram.Language.allCases)
  func `TLS sockets and their options`(language: CProgram.Language) throws {
    let folder = try workFolder.get()
    let good = try TestCertificate.good.get()
    let files = try [
      (good.certificate, "certificate.pem"), (good.key, "key.pem"),
      (TestCertificate.otherName.get().certificate, "other.pem"),
    ].map { bytes, name in
      try write(bytes, to: "\(folder)/\(language.rawValue)-\(name)")
    }
    _ = try CProgram("tls", language)(files)
  }

  @Test(arguments: CProgram.Language.allCases)
  func `zsock_poll and zsock_select take as many descriptors as POSIX does`(language: CProgram.Language) throws {
    // valgrind lowers the limit of descriptors.
    _ = try CProgram("poll_many", language)(checksMemory: false)
  }

  @Test(arguments: CProgram.Language.allCases)
  func `a number that was closed behind the library's back is not the old WebSocket`(
    language: CProgram.Language
  ) throws {
    // valgrind keeps numbers for itself.
    _ = try CProgram("raw_close", language)(checksMemory: false)
  }

  @Test(arguments: CProgram.Language.allCases)
  func `transport_tcp_sock of an MQTT client answers as the socket below`(language: CProgram.Language) throws {
    _ = try CProgram("mqtt_socket", language)()
  }

  @Test(arguments: CProgram.Language.allCases)
  func `no descriptor is told`(language: CProgram.Language) throws {
    _ = try CProgram("limits", language)()
  }
}

/// The assertions of Zephyr's own tests.
@Suite(.serialized, .enabled(if: CProgram.isPossible, "run Scripts/prepare --tests"))
struct ZephyrTests {
  @Test(arguments: CProgram.Language.allCases)
  func `what Zephyr's tests assert of receiving`(language: CProgram.Language) throws {
    _ = try CProgram("zephyr_receive", language)()
  }

  @Test(arguments: CProgram.Language.allCases)
  func `what Zephyr's tests assert of the handshake`(language: CProgram.Language) throws {
    _ = try CProgram("zephyr_handshake", language)()
  }
}
