import Testing
import WestwindTestSupport

/// Which of our modules a module may see. A module that imports another hands its names on, and its code.
struct ImportTests {
  /// The files under a folder of `Sources` that import a module, by their paths in it.
  private func files(in folder: String, importing module: String) throws -> [String] {
    let path = "\(packageRoot)/Sources/\(folder)"
    let found = try ChildProcess.run("/bin/grep", ["-rlE", "import \(module)$", path])
    return found.output.split(separator: "\n").map { String($0.dropFirst(path.count + 1)) }.sorted()
  }

  @Test(arguments: ["Westwind", "WestwindMQTT", "MQTTProtocol", "PerMessageDeflate"])
  func `connecting knows no WebSocket and no MQTT`(_ module: String) throws {
    #expect(try files(in: "WestwindConnecting", importing: module) == [])
  }

  @Test func `of MQTT only the WebSocket transport imports Westwind`() throws {
    let files = try files(in: "WestwindMQTT", importing: "Westwind")
    #expect(files == ["Transport/MQTTTransport+WebSocket.swift", "Transport/WebSocketTransport.swift"])
  }

  @Test(arguments: ["WebSocketProtocol", "PerMessageDeflate"])
  func `MQTT needs no part of a WebSocket`(_ module: String) throws {
    #expect(try files(in: "WestwindMQTT", importing: module) == [])
  }

  @Test(arguments: ["Glibc", "Musl", "Android"])
  func `one module decides which C library there is`(_ library: String) throws {
    let found = try ChildProcess.run(
      "/bin/grep", ["-rlE", "--include=*.swift", "\\b\(library)(\\.|$)", "\(packageRoot)/Sources"])
    #expect(found.output.split(separator: "\n").filter { !$0.hasSuffix("/WestwindPlatform/Platform.swift") } == [])
  }
}
