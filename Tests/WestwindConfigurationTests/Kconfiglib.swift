import Glibc
import Testing
import WestwindTestSupport

/// Python with kconfiglib: `WESTWIND_PYTHON` if that is set, or the environment that `Scripts/test` or
/// `Scripts/menuconfig` made.
enum Kconfiglib {
  static let missing: Comment = "needs Python with kconfiglib 14.1.0: run Scripts/test, or set WESTWIND_PYTHON"

  static let python: String? = {
    let candidates =
      if let chosen = getenv("WESTWIND_PYTHON") {
        [String(cString: chosen)]
      } else {
        ["\(packageRoot)/.build/peers/bin/python", "\(packageRoot)/.build/venv-kconfig/bin/python"]
      }
    return candidates.first { (try? ChildProcess.run($0, ["-c", "import kconfiglib"]))?.status == .exited(0) }
  }()

  /// Runs Python lines in the package's root, with our Kconfig as `kconfig`, and gives back what they print.
  ///
  /// Warnings of kconfiglib are in the output too, so an output is the expected one only without any.
  static func evaluate(
    _ lines: String, arguments: [String] = []
  ) throws -> (status: ChildProcess.ExitStatus, output: String) {
    let beginning = """
      import os, sys
      os.environ.clear()
      import kconfiglib
      os.chdir(sys.argv[1])
      os.environ["KCONFIG_WARN_UNDEF"] = "y"
      kconfig = kconfiglib.Kconfig("Kconfig")

      """
    // -E: PYTHON* variables do not count, and Kconfig's are gone before it is read. -B: no bytecode files are left behind.
    let python = try #require(python)
    let result = try ChildProcess.run(python, ["-EB", "-c", beginning + lines, packageRoot] + arguments)
    return (result.status, result.output + result.errors)
  }
}
