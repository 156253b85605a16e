import Testing
import WestwindTestSupport

/// Blocked calls that another thread ends, in programs of every kind: no signal of theirs is needed, and none disturbs.
@Suite(.serialized, .timeLimit(.minutes(10)), .enabled(if: CProgram.isPossible, "run Scripts/prepare --tests"))
struct BlockedCallTests {
  /// What a program does with signals, as `wake.c` lists it.
  static let modes = ["default", "golike", "mask", "late_handler", "late_ignore", "late_default"]

  @Test(arguments: CProgram.Language.allCases, modes)
  func `a blocked call is ended at once, and memory that it was lent is not written afterwards`(
    language: CProgram.Language, mode: String
  ) throws {
    print(try CProgram("wake", language)([mode]))
  }

  @Test(arguments: CProgram.Language.allCases)
  func `a thread that is cancelled in a call ends, and leaves the connection usable`(language: CProgram.Language) throws
  {
    print(try CProgram("cancel", language)())
  }

  @Test(arguments: CProgram.Language.allCases)
  func `a process that was forked off wakes its own threads, and its parent wakes its own`(
    language: CProgram.Language
  ) throws {
    _ = try CProgram("fork", language)()
  }

  /// Not under valgrind, where one thread runs at a time.
  @Test(arguments: CProgram.Language.allCases)
  func `1,000 forks while threads use the library, and none hangs`(language: CProgram.Language) throws {
    print(try CProgram("fork_load", language)([language == .c11 ? "1000" : "50"], checksMemory: false))
  }

  @Test(arguments: CProgram.Language.allCases)
  func `a descriptor that is ready and gives nothing does not make a call outlast its time`(
    language: CProgram.Language
  ) throws {
    let folder = try workFolder.get()
    let good = try TestCertificate.good.get()
    let files = try [(good.certificate, "certificate.pem"), (good.key, "key.pem")].map { bytes, name in
      try write(bytes, to: "\(folder)/bounded-\(language.rawValue)-\(name)")
    }
    print(try CProgram("bounded_waits", language)(files))
  }

  @Test(.enabled(if: Tool.find("go") != nil, "run Scripts/prepare --tests"))
  func `a Go program connects, blocks and disconnects 1,000 times, and each disconnect ends the receive at once`()
    throws
  {
    let go = try #require(Tool.find("go"))
    let folder = try workFolder.get()
    let program = folder + "/go-program"
    let flags = try CLibrary.shared.get().flags
    // Nothing is fetched, and nothing is written outside of the build.
    let environment = [
      "CGO_ENABLED": "1", "CGO_CFLAGS": flags.filter { $0.hasPrefix("-I") }.joined(separator: " "),
      "CGO_LDFLAGS": flags.filter { !$0.hasPrefix("-I") }.joined(separator: " "),
      "GO111MODULE": "on", "GOFLAGS": "-mod=mod", "GOPROXY": "off", "GOCACHE": folder + "/go-cache",
      "GOPATH": folder + "/go-path",
    ]
    let built = try ChildProcess.run(
      try #require(Tool.find("env")),
      ["-C", packageRoot + "/Tests/CTests/Programs/go", go, "build", "-o", program, "."], environment: environment,
      timeout: .seconds(240))
    guard built.status == .exited(0) else { throw TestSupportError("go build: \(built.status)\n\(built.errors)") }
    let done = try ChildProcess.run(program, ["1000"], timeout: .seconds(300))
    #expect(done.errors == "")
    #expect(done.status == .exited(0))
    #expect(done.output.hasSuffix("\n20 rounds, 1000 connections\n"))
    print(done.output)
  }

  @Test(.enabled(if: peerPython != nil, "run Scripts/prepare --tests"))
  func `in a Python program a close ends a blocked receive at once`() throws {
    let done = try ChildProcess.run(
      try #require(peerPython),
      [packageRoot + "/Tests/CTests/Programs/close_from_thread.py", CLibrary.shared.get().file],
      timeout: .seconds(120))
    #expect(done.errors == "")
    #expect(done.status == .exited(0))
    print(done.output)
  }
}
