import Glibc
import Testing
import WestwindTestSupport

@Suite("The generator of the constants")
struct GeneratorTests {
  static let defaults = """
    #
    # A menu
    #
    CONFIG_SWITCH=y
    # CONFIG_OFF is not set
    CONFIG_COUNT=65536
    CONFIG_OFFSET=-5
    CONFIG_MASK=0xFF00
    CONFIG_NAME="a \\"b\\" \\\\(c)"
    # end of A menu

    """

  @Test("Every type of value becomes a Swift constant")
  func everyType() throws {
    let result = try generate(config: nil)
    #expect(result.status == .exited(0))
    #expect(result.messages == "")
    #expect(
      result.constants == [
        "COUNT: Int { 65536 }",
        #"MASK: Int { 0xff00 }"#,
        #"NAME: String { "a \"b\" \\(c)" }"#,
        "OFF: Bool { false }",
        "OFFSET: Int { -5 }",
        "SWITCH: Bool { true }",
      ])
  }

  @Test("A .config overrides the values that it has, and only those")
  func overrides() throws {
    let result = try generate(
      config: """
        CONFIG_COUNT=7
        # CONFIG_SWITCH is not set
        # a comment that mentions CONFIG_OFFSET=3
        CONFIG_OFF=y
        CONFIG_NAME=""

        """)
    #expect(result.status == .exited(0))
    #expect(result.messages == "")
    #expect(
      result.constants == [
        "COUNT: Int { 7 }",
        "MASK: Int { 0xff00 }",
        #"NAME: String { "" }"#,
        "OFF: Bool { true }",
        "OFFSET: Int { -5 }",
        "SWITCH: Bool { false }",
      ])
  }

  @Test(
    "Spellings that mean the same",
    arguments: [
      ("CONFIG_SWITCH=n", "SWITCH: Bool { false }"),
      ("CONFIG_COUNT=12", "COUNT: Int { 12 }"),
      ("CONFIG_COUNT=12\r\n", "COUNT: Int { 12 }"),
      ("\n\n  \nCONFIG_COUNT=12 \t", "COUNT: Int { 12 }"),
      ("CONFIG_COUNT=007", "COUNT: Int { 7 }"),
      ("CONFIG_MASK=0Xab", "MASK: Int { 0xab }"),
      ("CONFIG_MASK=10", "MASK: Int { 0x10 }"),
      ("CONFIG_NAME=\"tab\tand\\\\n\"", #"NAME: String { "tab\tand\\n" }"#),
    ])
  func spellings(config: String, constant: String) throws {
    let result = try generate(config: config)
    #expect(result.status == .exited(0))
    #expect(result.messages == "")
    #expect(result.constants.contains(constant), "\(result.constants)")
  }

  @Test(
    "A line that means nothing is an error with its number, and nothing is written",
    arguments: [
      ("CONFIG_COUNT", "expected CONFIG_SYMBOL=value"),
      ("COUNT=3", "expected CONFIG_SYMBOL=value"),
      (" CONFIG_COUNT=3", "expected CONFIG_SYMBOL=value"),
      ("CONFIG_COUNT =3", "'COUNT ' is no symbol"),
      ("CONFIG_=3", "'' is no symbol"),
      ("CONFIG_a=3", "'a' is no symbol"),
      ("CONFIG_COUNT=", "CONFIG_COUNT takes a decimal number"),
      ("CONFIG_COUNT=y", "CONFIG_COUNT takes a decimal number"),
      ("CONFIG_COUNT=0x10", "CONFIG_COUNT takes a decimal number"),
      ("CONFIG_COUNT=1 # one", "CONFIG_COUNT takes a decimal number"),
      ("CONFIG_COUNT=--1", "CONFIG_COUNT takes a decimal number"),
      ("CONFIG_COUNT=99999999999999999999", "CONFIG_COUNT takes a decimal number"),
      ("# CONFIG_COUNT is not set", "CONFIG_COUNT takes a decimal number"),
      ("CONFIG_MASK=0x-1", "CONFIG_MASK takes a hexadecimal number"),
      ("CONFIG_SWITCH=1", "CONFIG_SWITCH takes y or n"),
      ("CONFIG_SWITCH=m", "CONFIG_SWITCH takes y or n"),
      ("CONFIG_NAME=text", "CONFIG_NAME takes a string in double quotes"),
      ("CONFIG_NAME=\"open", "CONFIG_NAME takes a string in double quotes"),
      ("CONFIG_NAME=\"a\" b", "CONFIG_NAME takes a string in double quotes"),
      ("CONFIG_NAME=\"a\\", "CONFIG_NAME takes a string in double quotes"),
    ])
  func malformedLine(line: String, message: String) throws {
    let result = try generate(config: "# a comment\nCONFIG_OFF=y\n\(line)\n")
    #expect(result.status == .exited(1))
    #expect(result.messages.contains("/.config:3: error: \(message)"), "\(result.messages)")
    #expect(result.messages.contains("the line is '\(line)'"), "\(result.messages)")
    #expect(result.source == nil)
  }

  @Test("A symbol that Kconfig does not have, and one set twice, are warned of")
  func warnings() throws {
    let result = try generate(config: "CONFIG_GONE=3\nCONFIG_COUNT=1\nCONFIG_COUNT=2\n")
    #expect(result.status == .exited(0))
    #expect(result.messages.contains("/.config:1: warning: Kconfig has no symbol GONE"))
    #expect(result.messages.contains("/.config:3: warning: COUNT is set in line 2 already"))
    #expect(result.constants.contains("COUNT: Int { 2 }"))
  }

  @Test("Without the file of defaults it fails and names the file")
  func missingDefaults() throws {
    let folder = try TemporaryFolder("configuration")
    defer { folder.remove() }
    let result = try Self.run(["\(folder.path)/none", "\(folder.path)/.config", "\(folder.path)/out.swift"])
    #expect(result.status == .exited(1))
    #expect(result.errors.contains("/none: error: No such file or directory"))
  }

  @Test("A .config that is no file is an error, not the defaults")
  func unreadableConfig() throws {
    let folder = try TemporaryFolder("configuration")
    defer { folder.remove() }
    let defaults = try folder.write(Self.defaults, to: "default.config")
    let result = try Self.run([defaults, folder.path, "\(folder.path)/out.swift"])
    #expect(result.status == .exited(1))
    #expect(result.errors.contains("\(folder.path): error: Is a directory"))
  }

  @Test("Wrong arguments are answered with the usage")
  func wrongArguments() throws {
    let result = try Self.run([])
    #expect(result.status == .exited(2))
    #expect(result.errors.hasPrefix("usage: "))
  }

  @Test("An output that would not change is left alone, so nothing is compiled again; the stamp is not")
  func unchangedOutput() throws {
    let folder = try TemporaryFolder("configuration")
    defer { folder.remove() }
    let defaults = try folder.write(Self.defaults, to: "default.config")
    let stamp = try folder.write("old", to: "stamp")
    let output = "\(folder.path)/out.swift"
    let arguments = [defaults, "\(folder.path)/.config", output, stamp]

    #expect(try Self.run(arguments).status == .exited(0))
    // Long past, so that a write shows whatever the file system's clock resolution is.
    let touch = try #require(Tool.find("touch"))
    #expect(try ChildProcess.run(touch, ["-d", "2001-01-01", output, stamp]).status == .exited(0))
    #expect(try Self.run(arguments).status == .exited(0))
    #expect(try modificationTime(output) < 1_000_000_000)
    #expect(try modificationTime(stamp) > 1_000_000_000)

    try folder.write("CONFIG_COUNT=1\n", to: ".config")
    #expect(try Self.run(arguments).status == .exited(0))
    #expect(try modificationTime(output) > 1_000_000_000)
  }

  // The compiler driver compares whole seconds, and took the second of two quick changes for none.
  @Test("An output that changes twice within a second gets two modification times, a second apart")
  func quickChanges() throws {
    let folder = try TemporaryFolder("configuration")
    defer { folder.remove() }
    let defaults = try folder.write(Self.defaults, to: "default.config")
    let output = "\(folder.path)/out.swift"
    var times: [Int] = []
    for count in 1...5 {
      let config = try folder.write("CONFIG_COUNT=\(count)\n", to: ".config")
      #expect(try Self.run([defaults, config, output]).status == .exited(0))
      times.append(try modificationTime(output))
    }
    #expect(Set(times).count == times.count, "\(times)")
  }
}

extension GeneratorTests {
  /// Runs the generator that the build made.
  static func run(_ arguments: [String]) throws -> (status: ChildProcess.ExitStatus, output: String, errors: String) {
    try ChildProcess.run(builtProgram("WestwindGenerateConfiguration"), arguments)
  }

  struct Result {
    let status: ChildProcess.ExitStatus
    let messages: String
    /// What was written; nil when nothing was.
    let source: String?

    /// What stands behind `static var` in each declaration.
    var constants: [String] {
      (source ?? "").split(separator: "\n").compactMap { line in
        let parts = line.split(separator: "public static var ", omittingEmptySubsequences: false)
        return parts.count == 2 ? String(parts[1]) : nil
      }
    }
  }

  func generate(config: String?) throws -> Result {
    let folder = try TemporaryFolder("configuration")
    defer { folder.remove() }
    let defaults = try folder.write(Self.defaults, to: "default.config")
    if let config { try folder.write(config, to: ".config") }
    let output = "\(folder.path)/out.swift"
    let result = try Self.run([defaults, "\(folder.path)/.config", output])
    return Result(status: result.status, messages: result.errors, source: try? text(ofFile: output))
  }

  func modificationTime(_ path: String) throws -> Int {
    var information = stat()
    try #require(stat(path, &information) == 0)
    return information.st_mtim.tv_sec
  }
}
