import Glibc
import Testing
import WestwindTestSupport

/// A program in C, which is built, and runs under valgrind.
struct CProgram {
  enum Language: String, CaseIterable, Sendable, CustomTestStringConvertible {
    case c11
    case cpp17
    /// As Zephyr's programs are written.
    case gnu11

    static let allCases: [Language] = [.c11, .cpp17]

    var testDescription: String {
      switch self {
      case .c11: "C11"
      case .cpp17: "C++17"
      case .gnu11: "GNU C11"
      }
    }

    fileprivate var compiler: [String] {
      switch self {
      case .c11: ["gcc", "-std=c11"]
      case .cpp17: ["g++", "-std=c++17", "-x", "c++"]
      case .gnu11: ["gcc", "-std=gnu11", "-D_GNU_SOURCE"]
      }
    }
  }

  /// What is needed is installed.
  static let isPossible = ["gcc", "g++", "pkg-config", "valgrind"].allSatisfy { Tool.find($0) != nil }

  private let path: String
  /// It may run under valgrind. Programs in C do, and those in C++ where `WESTWIND_C_MEMORY` is set: it is the same code,
  /// and valgrind is slow.
  private let isChecked: Bool

  /// Compiles a program without a warning.
  ///
  /// - Parameters:
  ///   - source: the source's path within the package, or below `Tests/CTests/Programs`.
  ///   - flags: the compiler's, besides.
  init(_ source: String, _ language: Language, flags: [String] = []) throws {
    let source = source.contains("/") ? "\(packageRoot)/\(source)" : "\(packageRoot)/Tests/CTests/Programs/\(source).c"
    let name = source.split(separator: "/").last!.split(separator: ".").first!
    isChecked = language != .cpp17 || getenv("WESTWIND_C_MEMORY") != nil
    path = "\(try workFolder.get())/\(name)-\(language.rawValue)"
    let compiler = language.compiler
    _ = try run(
      compiler[0],
      compiler.dropFirst() + ["-Wall", "-Wextra", "-Werror", "-g"] + flags + [
        source, "-x", "none", "-o", path, "-pthread",
      ]
        + CLibrary.shared.get().flags + ["-lssl", "-lcrypto"])
  }

  /// Runs it to its end.
  ///
  /// - Parameters:
  ///   - checksMemory: false keeps valgrind off, under which a wrong access or a leak is a failure.
  ///   - mayLog: it may write to standard error.
  /// - Returns: what it wrote.
  func callAsFunction(_ arguments: [String] = [], checksMemory: Bool = true, mayLog: Bool = false) throws -> String {
    guard checksMemory, isChecked else {
      return try output(of: path, arguments, mayLog: mayLog)
    }
    guard let valgrind = Tool.find("valgrind") else { throw TestSupportError("valgrind is not installed") }
    let options = [
      "--leak-check=full", "--show-leak-kinds=definite", "--errors-for-leak-kinds=definite",
      "--suppressions=\(packageRoot)/Tests/CTests/Programs/valgrind.supp",
    ]
    return try output(of: valgrind, ["-q", "--error-exitcode=99"] + options + [path] + arguments, mayLog: mayLog)
  }

  /// Starts it, without valgrind.
  func start(_ arguments: [String] = []) throws -> ChildProcess {
    try ChildProcess(path, arguments, standardError: .discarded)
  }

  private func output(of program: String, _ arguments: [String], mayLog: Bool) throws -> String {
    let done = try ChildProcess.run(program, arguments, timeout: .seconds(240))
    guard done.status == .exited(0), mayLog || done.errors.isEmpty else {
      throw TestSupportError("\(done.status)\n\(done.errors)\(done.output)")
    }
    return done.output
  }
}
