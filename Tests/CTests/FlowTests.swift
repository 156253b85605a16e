import Testing
import WestwindSockets
import WestwindTestSupport

/// The samples, and the flow of Zephyr's own, against a server that was not written here.
@Suite(
  .serialized, .timeLimit(.minutes(10)),
  .enabled(if: peerPython != nil && CProgram.isPossible, "run Scripts/prepare --tests"))
struct FlowTests {
  /// Starts an echo server.
  private func echoServer(
    _ address: String, _ options: [String] = []
  ) throws -> (process: ChildProcess, port: String) {
    let script = packageRoot + "/Tests/Peers/websockets_echo.py"
    let process = try ChildProcess(try #require(peerPython), [script, "--address", address] + options)
    return (process, try #require(try process.readLine(timeout: .seconds(30))))
  }

  @Test func `the flow of Zephyr's sample goes for 10,000 rounds over IPv4 and IPv6`() throws {
    let (ipv4, ipv6) = (try echoServer("127.0.0.1"), try echoServer("::1"))
    #expect(try CProgram("flow", .cpp17)(["10000", ipv4.port, ipv6.port], checksMemory: false) == "10000 rounds\n")
    #expect(try CProgram("flow", .c11)(["100", ipv4.port, ipv6.port]) == "100 rounds\n")
  }

  @Test func `a program that only calls zsock_recv stays with a server that pings`() throws {
    let server = try echoServer("127.0.0.1", ["--ping", "1"])
    #expect(try CProgram("recv_answers", .c11)([server.port], checksMemory: false) == "")
  }

  @Test(arguments: CProgram.Language.allCases)
  func `the sample in C sends and receives`(language: CProgram.Language) throws {
    let server = try echoServer("127.0.0.1")
    let said = try CProgram("Samples/c/websocket_client.c", language)(["127.0.0.1", server.port, "2"])
    #expect(
      said == """
        sent 8 bytes, received 8 of type 0x5, 0 remaining: frame 1
        sent 8 bytes, received 8 of type 0x5, 0 remaining: frame 2

        """)
  }

  @Test func `a program in Zephyr's style compiles with the shim, which is under 200 lines, and runs`() throws {
    let shim = packageRoot + "/Samples/zephyr-shim/include"
    let program = try CProgram("Samples/zephyr-shim/echo.c", .gnu11, flags: ["-I", shim])
    let server = try echoServer("127.0.0.1")
    #expect(try program(["127.0.0.1:\(server.port)", "50"], checksMemory: false, mayLog: true) == "50 echoes\n")
    let ipv6 = try echoServer("::1")
    #expect(try program(["[::1]:\(ipv6.port)", "5"], mayLog: true) == "5 echoes\n")
    var lines = 0
    for header in try run("find", [shim, "-name", "*.h"]).split(separator: "\n") {
      lines += try run("cat", [String(header)]).count { $0 == "\n" }
    }
    #expect(lines < 200)
  }

  @Test func `the sample in Python sends and receives`() throws {
    let server = try echoServer("127.0.0.1")
    let said = try ChildProcess.run(
      try #require(peerPython),
      [packageRoot + "/Samples/python/websocket_client.py", "127.0.0.1", server.port, "2"],
      environment: ["WESTWIND_LIBRARY": CLibrary.shared.get().file])
    #expect(said.errors == "")
    #expect(
      said.output == """
        sent 7 bytes, received 7 of type 0x5, 0 remaining: frame 1
        sent 7 bytes, received 7 of type 0x5, 0 remaining: frame 2

        """)
    #expect(said.status == .exited(0))
  }

  @Test(arguments: ["c", "python"])
  func `a sample puts an IPv6 address into brackets`(language: String) throws {
    let listener = try SocketDescriptor.open(.ipv6)
    defer { try? listener.close() }
    try listener.bind(to: try #require(.ipv6("::1", port: 0)))
    try listener.listen()
    let port = "\(try #require(listener.getsockname().port))"
    let serving = BlockingThread {
      let socket = try listener.accept(timeout: .seconds(120))
      defer { try? socket.close() }
      var request: [UInt8] = []
      while !request.suffix(4).elementsEqual("\r\n\r\n".utf8) {
        request += try socket.recv(maxCount: 1, timeout: .seconds(120))
      }
      return String(decoding: request, as: UTF8.self)
    }
    // Nobody answers: it ends with an error.
    if language == "c" {
      #expect(throws: TestSupportError.self) {
        _ = try CProgram("Samples/c/websocket_client.c", .c11)(["::1", port], checksMemory: false)
      }
    } else {
      let done = try ChildProcess.run(
        try #require(peerPython), [packageRoot + "/Samples/python/websocket_client.py", "::1", port],
        environment: ["WESTWIND_LIBRARY": CLibrary.shared.get().file])
      #expect(done.errors.contains("websocket_connect: "))
    }
    #expect(try serving.join().contains("\r\nHost: [::1]:\(port)\r\n"))
  }

  @Test(arguments: ["Samples/c/websocket_client.c", "Samples/python/websocket_client.py"])
  func `a sample fits a page`(name: String) throws {
    let text = try run("cat", ["\(packageRoot)/\(name)"])
    #expect(text.split(separator: "\n", omittingEmptySubsequences: false).count <= 80)
  }
}
