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
  func `whom a TLS socket believes: names, pins, the program's own judge`(language: CProgram.Language) throws {
    let folder = try workFolder.get()
    let good = try TestCertificate.good.get()
    let files = try [
      (good.certificate, "certificate.pem"), (good.key, "key.pem"),
      (TestCertificate.otherName.get().certificate, "other.pem"),
    ].map { bytes, name in
      try write(bytes, to: "\(folder)/trust-\(language.rawValue)-\(name)")
    }
    _ = try CProgram("trust", language)(files)
  }

  @Test func `a private key is in memory no longer than it is needed`() throws {
    let openssl = try #require(Tool.find("openssl"))
    let folder = try workFolder.get()
    let good = try TestCertificate.good.get()
    let certificate = try write(good.certificate, to: "\(folder)/keys-certificate.pem")
    let key = try write(good.key, to: "\(folder)/keys-key.pem")
    let server = try ChildProcess(
      openssl,
      [
        "s_server", "-accept", "127.0.0.1:0", "-naccept", "1", "-rev", "-cert", certificate, "-key", key, "-Verify",
        "1",
        "-CAfile", certificate,
      ], standardError: .discarded)
    defer { server.terminate() }
    let line = try server.readLine { $0.hasPrefix("ACCEPT") }
    let port = try #require(line.split(separator: ":").last)
    // Valgrind keeps what has been freed, and has a memory of its own.
    _ = try CProgram("keys", .c11)([String(port), certificate, key], checksMemory: false)
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
