import Glibc
import Testing
import WestwindTestSupport

/// A program in C, which is built, and runs under valgrind.
struct CProgram {
  enum Language: String, CaseIterable, Sendable, CustomTestStringConvertible {
    case c11
    case cpp17

    var testDescription: String { self == .c11 ? "C11" : "C++17" }

    fileprivate var compiler: [String] {
      self == .c11 ? ["gcc", "-std=c11"] : ["g++", "-std=c++17", "-x", "c++"]
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
  /// - Parameter source: the source's path within the package, or below `Tests/CTests/Programs`.
  init(_ source: String, _ language: Language) throws {
    let source = source.contains("/") ? "\(packageRoot)/\(source)" : "\(packageRoot)/Tests/CTests/Programs/\(source).c"
    let name = source.split(separator: "/").last!.split(separator: ".").first!
    isChecked = language == .c11 || getenv("WESTWIND_C_MEMORY") != nil
    path = "\(try workFolder.get())/\(name)-\(language.rawValue)"
    let compiler = language.compiler
    _ = try run(
      compiler[0],
      compiler.dropFirst() + ["-Wall", "-Wextra", "-Werror", "-g", source, "-x", "none", "-o", path, "-pthread"]
        + CLibrary.shared.get().flags + ["-lssl", "-lcrypto"])
  }

  /// Runs it to its end.
  ///
  /// - Parameters:
  ///   - checksMemory: false keeps valgrind off, under which a wrong access or a leak is a failure.
  /// - Returns: what it wrote.
  func callAsFunction(_ arguments: [String] = [], checksMemory: Bool = true) throws -> String {
    guard checksMemory, isChecked else {
      return try output(of: path, arguments)
    }
    guard let valgrind = Tool.find("valgrind") else { throw TestSupportError("valgrind is not installed") }
    let options = [
      "--leak-check=full", "--show-leak-kinds=definite", "--errors-for-leak-kinds=definite",
      "--suppressions=\(packageRoot)/Tests/CTests/Programs/valgrind.supp",
    ]
    return try output(of: valgrind, ["-q", "--error-exitcode=99"] + options + [path] + arguments)
  }

  /// Starts it, without valgrind.
  func start(_ arguments: [String] = []) throws -> ChildProcess {
    try ChildProcess(path, arguments, standardError: .discarded)
  }

  private func output(of program: String, _ arguments: [String]) throws -> String {
    let done = try ChildProcess.run(program, arguments, timeout: .seconds(240))
    guard done.status == .exited(0), done.errors.isEmpty else {
      throw TestSupportError("\(done.status)\n\(done.errors)\(done.output)")
    }
    return done.output
  }
}
