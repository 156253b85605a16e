import SampleTestSupport
import Testing
import Westwind
import WestwindSockets

@Suite struct ReadmeTests {
  @Test func `the README's program is Samples/hello, to the letter`() throws {
    let readme = try text(ofFile: packageRoot + "/README.md")
    let block = try #require(readme.split(separator: "```swift\n").dropFirst().first?.split(separator: "```").first)
    #expect(String(block) == (try text(ofFile: packageRoot + "/Samples/hello/main.swift")))
  }

  @Test func `the README's program runs and shows what came back`() throws {
    let listener = try SocketDescriptor.open(.ipv4)
    defer { try? listener.close() }
    try listener.bind(to: .loopback(port: 0))
    try listener.listen()
    let port = try #require(try listener.getsockname().port)
    let server = BlockingThread {
      let ws = try websocketUpgrade(try listener.accept(timeout: .seconds(20)), timeout: .seconds(20))
      try ws.sendMsg(try ws.receiveMessage(timeout: .seconds(20)).binary ?? [], opcode: .binary)
      _ = try ws.receiveMessage(timeout: .seconds(20))
      let status = try ws.closeStatus()
      try websocketUnregister(ws)
      return status
    }
    let hello = try ChildProcess(builtProgram("hello"), ["\(port)"])
    #expect(try hello.readLine() == "[1, 2, 3, 10], final: true, remaining: 0")
    #expect(try hello.waitForExit() == .exited(0))
    #expect(try server.join()?.code == .normal)
  }

  @Test func `the README's program for a URL is Samples/hello-url, to the letter, and runs`() throws {
    let readme = try text(ofFile: packageRoot + "/README.md")
    let block = try #require(readme.split(separator: "```swift\n").dropFirst(2).first?.split(separator: "```").first)
    #expect(String(block) == (try text(ofFile: packageRoot + "/Samples/hello-url/main.swift")))

    let listener = try SocketDescriptor.open(.ipv4)
    defer { try? listener.close() }
    try listener.bind(to: .loopback(port: 0))
    try listener.listen()
    let port = try #require(try listener.getsockname().port)
    let server = BlockingThread {
      let ws = try websocketUpgrade(try listener.accept(timeout: .seconds(20)), timeout: .seconds(20))
      try ws.sendMsg(try ws.receiveMessage(timeout: .seconds(20)).text ?? "")
      _ = try ws.receiveMessage(timeout: .seconds(20))
      let status = try ws.closeStatus()
      try websocketUnregister(ws)
      return status
    }
    let hello = try ChildProcess(
      builtProgram("hello-url"), ["ws://localhost:\(port)/"], environment: ["no_proxy": "localhost"])
    #expect(try hello.readLine() == "hello")
    #expect(try hello.waitForExit() == .exited(0))
    #expect(try server.join()?.code == .normal)
  }

  @Test func `the README's program for MQTT is Samples/hello-mqtt, to the letter, and runs`() throws {
    let readme = try text(ofFile: packageRoot + "/README.md")
    let block = try #require(readme.split(separator: "```swift\n").dropFirst(3).first?.split(separator: "```").first)
    #expect(String(block) == (try text(ofFile: packageRoot + "/Samples/hello-mqtt/main.swift")))

    let broker = try Mosquitto()
    defer { broker.terminate() }
    for transport in [BrokerTransport.ws, .tcp] {
      let hello = try ChildProcess(
        builtProgram("hello-mqtt"), [broker.url(transport)], environment: ["no_proxy": "127.0.0.1"])
      #expect(try hello.readLine() == "[1, 2, 3, 10], QoS 2")
      #expect(try hello.readLine() == "goodbye")
      #expect(try hello.waitForExit() == .exited(0))
    }
  }

  @Test func `the README's table of symbols is Kconfig's`() throws {
    var fromKconfig: [String: String] = [:]
    var symbol: String?
    for line in try text(ofFile: packageRoot + "/Kconfig").split(separator: "\n") {
      let words = line.split(whereSeparator: { $0 == " " || $0 == "\t" })
      if words.first == "config" { symbol = String(words[1]) }
      if words.first == "choice" { symbol = nil }
      if words.first == "default", let symbol { fromKconfig[symbol] = String(words[1]) }
    }
    var fromReadme: [String: String] = [:]
    for line in try text(ofFile: packageRoot + "/README.md").split(separator: "\n") where line.hasPrefix("| `") {
      let cells = line.split(separator: "|").map { $0.filter { $0 != " " && $0 != "`" } }
      guard cells[0].allSatisfy({ $0.isUppercase || $0.isNumber || $0 == "_" }) else { continue }
      fromReadme[cells[0]] = cells[1]
    }
    #expect(fromReadme == fromKconfig)
  }
}
