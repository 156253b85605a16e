import Glibc
import Testing
import WestwindTestCertificates
import WestwindTestSupport

/// What `<westwind.h>` has beyond Zephyr's calls: programs in C that check it, and the samples against peers that were not
/// written here.
@Suite(
  .serialized, .timeLimit(.minutes(10)),
  .enabled(if: peerPython != nil && CProgram.isPossible, "run Scripts/prepare --tests"))
struct WestwindHeaderTests {
  /// `Scripts/test --full` sets this.
  private static let isFull = getenv("WESTWIND_C_MEMORY") != nil

  /// Starts an echo server.
  private func echoServer(_ arguments: [String] = []) throws -> (process: ChildProcess, port: String) {
    let script = packageRoot + "/Tests/Peers/websockets_echo.py"
    let process = try ChildProcess(try #require(peerPython), [script] + arguments)
    return (process, try #require(try process.readLine(timeout: .seconds(30))))
  }

  /// Writes a certificate and its key, and both to one file besides.
  private func files(of certificate: TestCertificate, _ name: String) throws -> [String] {
    let folder = try workFolder.get()
    return try [
      write(certificate.certificate, to: "\(folder)/\(name).pem"),
      write(certificate.key, to: "\(folder)/\(name)-key.pem"),
      write(certificate.certificate + certificate.key, to: "\(folder)/\(name)-both.pem"),
    ]
  }

  @Test(arguments: CProgram.Language.allCases)
  func `westwind_upgrade reads a request, lets a callback refuse, and answers`(language: CProgram.Language) throws {
    _ = try CProgram("upgrade", language)()
  }

  @Test(arguments: CProgram.Language.allCases)
  func `the calls of westwind.h take WebSockets of Zephyr's calls too`(language: CProgram.Language) throws {
    _ = try CProgram("calls", language)()
  }

  @Test(arguments: CProgram.Language.allCases)
  func `westwind_connect_url goes through proxies, TLS and redirects, and says why it failed`(
    language: CProgram.Language
  ) throws {
    let good = try files(of: TestCertificate.good.get(), "url-\(language.rawValue)-good")
    let other = try files(of: TestCertificate.otherName.get(), "url-\(language.rawValue)-other")
    let (plain, deflate) = (try echoServer(), try echoServer(["--address", "localhost", "0", "0", "15", "15"]))
    let secure = try echoServer(["--tls", good[2]])
    let proxy = try RealProxy(.tinyproxy)
    defer { proxy.stop() }
    _ = try CProgram("url", language)(
      [plain.port, deflate.port, secure.port, "\(proxy.port)", good[0], good[1], other[0]])
  }

  @Test(arguments: CProgram.Language.allCases)
  func `threads connect by URL, upgrade, end each other's calls and list all`(language: CProgram.Language) throws {
    let good = try files(of: TestCertificate.good.get(), "threads-\(language.rawValue)")
    _ = try CProgram("url_threads", language)([good[0], good[1], language == .c11 ? "8" : "40"])
  }

  /// Seed and rounds: few under valgrind, many without. `fuzz SEED 1 ROUND` runs a round again.
  @Test(arguments: [(CProgram.Language.c11, "1", 60), (.cpp17, "2", isFull ? 20_000 : 1500)])
  func `whole sessions by a seed go as the headers say, whatever the peer sends`(
    language: CProgram.Language, seed: String, rounds: Int
  ) throws {
    let said = try CProgram("fuzz", language)([seed, "\(rounds)"], checksMemory: language == .c11)
    #expect(said == "\(rounds) sessions\n")
  }

  /// Not under valgrind, where what is done between two looks at the clock takes seconds.
  @Test(arguments: CProgram.Language.allCases)
  func `a peer that sends without end what does not count makes no call outlast its time`(
    language: CProgram.Language
  ) throws {
    print(try CProgram("flood", language)(checksMemory: false))
  }

  @Test(arguments: CProgram.Language.allCases)
  func `the sample that connects by URL sends and receives`(language: CProgram.Language) throws {
    let good = try files(of: TestCertificate.good.get(), "sample-\(language.rawValue)")
    let server = try echoServer(["--tls", good[2], "0", "0", "15", "15"])
    let said = try CProgram("Samples/c/url_client.c", language)(["wss://localhost:\(server.port)/a", "2", good[0]])
    #expect(
      said == """
        open: wss://localhost:\(server.port)/a
        received 9 bytes of type 0x5: message 1
        received 9 bytes of type 0x5: message 2
        closed: 1000 done

        """)
  }

  @Test func `the sample server lets the websockets package in, or tells it why not`() throws {
    // It does not end by itself, and so not under valgrind.
    let server = try CProgram("Samples/c/upgrade_server.c", .c11).start(["0"])
    defer { server.terminate() }
    let port = try #require(try server.readLine(timeout: .seconds(30)))
    for (path, origin, answer) in [
      ("/chat", "https://example.org", "open"), ("/chat", "https://elsewhere.example", "403 another site's page"),
      ("/other", "https://example.org", "404"),
    ] {
      let result = try ChildProcess.run(
        try #require(peerPython),
        [packageRoot + "/Tests/Peers/websockets_connect.py", "ws://127.0.0.1:\(port)\(path)", origin])
      #expect(result.output == answer + "\n")
      #expect(result.errors == "")
    }
    let client = try CProgram("Samples/c/url_client.c", .c11)(["ws://127.0.0.1:\(port)/chat", "1"])
    #expect(client.hasSuffix("received 9 bytes of type 0x5: message 1\nclosed: 1000 \n"))
  }

  @Test(arguments: ["Samples/c/url_client.c", "Samples/c/upgrade_server.c"])
  func `a sample fits a page`(name: String) throws {
    let text = try run("cat", ["\(packageRoot)/\(name)"])
    #expect(text.split(separator: "\n", omittingEmptySubsequences: false).count <= 80)
  }
}
