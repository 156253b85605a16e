import Testing
import WestwindTestSupport

struct NoSignalsTests {
  @Test func `no source of the library knows of signals`() throws {
    let grep = try #require(Tool.find("grep"))
    let found = try ChildProcess.run(
      grep, ["-rnE", "sigaction|pthread_kill|SIGURG|tgkill", packageRoot + "/Sources"])
    #expect(found.output == "")
    #expect(found.status == .exited(1))
  }
}
