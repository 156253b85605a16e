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
  func `zsock_recv answers the PING and the CLOSE that it passes over`(language: CProgram.Language) throws {
    _ = try CProgram("recv_answers", language)()
  }

  @Test(arguments: CProgram.Language.allCases)
  func `the zsock calls take sockets and WebSockets`(language: CProgram.Language) throws {
    _ = try CProgram("sockets", language)()
  }

  @Test(arguments: CProgram.Language.allCases)
  func `the POSIX names mean the zsock calls`(language: CProgram.Language) throws {
    _ = try CProgram("posix_names", language)()
  }

  /// What the C library's headers do with its functions' names.
  static let posixFlags = [[], ["-O2", "-D_FORTIFY_SOURCE=2"], ["-D_FILE_OFFSET_BITS=64"]]

  @Test(arguments: CProgram.Language.allCases, posixFlags)
  func `a POSIX name may be a member's, takes a macro for two arguments, and its address is the call`(
    language: CProgram.Language, flags: [String]
  ) throws {
    _ = try CProgram("posix_functions", language, flags: flags)()
  }

  @Test(arguments: CProgram.Language.allCases)
  func `the names of Zephyr 4_4 and of those before are there, and mqtt_disconnect takes one argument and two`(
    language: CProgram.Language
  ) throws {
    _ = try CProgram("names", language)()
  }

  @Test(arguments: ["-DCONFIG_NET_SOCKETS_POSIX_NAMES", "-UCONFIG_NET_SOCKETS_POSIX_NAMES"])
  func `each header stands alone, in C11, in GNU C and in C++, with POSIX names and without`(names: String) throws {
    let headers = packageRoot + "/Sources/CWestwind/include"
    let files = try run("find", [headers, "-name", "*.h", "-printf", "%P\n"]).split(separator: "\n")
    #expect(files.count > 20)
    let standards = [
      ["gcc", "-std=c11", "-pedantic"], ["gcc", "-std=gnu17"], ["g++", "-std=c++11"], ["g++", "-std=c++20"],
    ]
    for file in files {
      // Twice, so that a guard that is missing is seen.
      let source = try write(
        Array("#include <\(file)>\n#include <\(file)>\nextern int something;\n".utf8),
        to: "\(try workFolder.get())/header.c")
      for compiler in standards {
        let kind = compiler[0] == "g++" ? "c++" : "c"
        _ = try run(
          compiler[0],
          compiler.dropFirst() + [
            "-Wall", "-Wextra", "-Werror", "-fsyntax-only", names, "-I", headers, "-x", kind, source,
          ])
      }
    }
  }

  @Test(arguments: [
    "linux/if.h", "linux/if_packet.h", "linux/net_tstamp.h", "linux/tcp.h", "net/if.h", "netinet/tcp.h",
    "netpacket/packet.h",
  ])
  func `the headers stand beside the kernel's and the C library's, before them and behind`(other: String) throws {
    let headers = packageRoot + "/Sources/CWestwind/include"
    for pair in [[other, "westwind.h"], ["westwind.h", other]] {
      let source = try write(
        Array("#include <\(pair[0])>\n#include <\(pair[1])>\nextern int something;\n".utf8),
        to: "\(try workFolder.get())/beside.c")
      for compiler in [["gcc", "-x", "c"], ["g++", "-x", "c++"]] {
        _ = try run(
          compiler[0], compiler.dropFirst() + ["-Wall", "-Wextra", "-Werror", "-fsyntax-only", "-I", headers, source])
      }
    }
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

  @Test func `3,000 random rounds of receiving are as Zephyr's parser has them`() throws {
    #expect(try CProgram("zephyr_rounds", .cpp17)(["1", "3000"], checksMemory: false) == "3000 rounds\n")
    #expect(try CProgram("zephyr_rounds", .c11)(["5000", "30"]) == "30 rounds\n")
  }

  @Test(arguments: CProgram.Language.allCases)
  func `what Zephyr's tests assert of the handshake`(language: CProgram.Language) throws {
    _ = try CProgram("zephyr_handshake", language)()
  }
}
