import Glibc
import WestwindTestSupport

/// The C library that the programs are linked with.
///
/// It is the one that `WESTWIND_C_PREFIX` names, where `Scripts/install-c` has installed it; otherwise the one that was
/// built beside the tests.
struct CLibrary {
  /// What a compiler needs to find it and its headers.
  let flags: [String]
  /// Where the file is.
  let folder: String

  var file: String { folder + "/libwestwind.so" }

  /// Where it was installed, if it was.
  static let prefix: String? = getenv("WESTWIND_C_PREFIX").map { String(cString: $0) }

  static let shared = Result { try prefix.map { try CLibrary(installedUnder: $0) } ?? CLibrary.build() }

  private init(installedUnder prefix: String) throws {
    let found = try run(
      "pkg-config", ["--cflags", "--libs", "westwind"], environment: ["PKG_CONFIG_PATH": prefix + "/lib/pkgconfig"])
    flags = found.split(whereSeparator: \.isWhitespace).map { String($0) } + ["-Wl,-rpath,\(prefix)/lib"]
    folder = prefix + "/lib"
  }

  private init(flags: [String], folder: String) {
    self.flags = flags
    self.folder = folder
  }

  /// Without what is for debuggers: valgrind cannot read it.
  private static func build() throws -> CLibrary {
    let folder = try workFolder.get()
    _ = try run("objcopy", ["--strip-debug", buildFolder + "/libwestwind.so", folder + "/libwestwind.so"])
    let headers = packageRoot + "/Sources/CWestwind/include"
    return CLibrary(flags: ["-I" + headers, "-L" + folder, "-lwestwind", "-Wl,-rpath," + folder], folder: folder)
  }
}

/// The folder that the build put these tests into.
let buildFolder: String = {
  var buffer = [UInt8](repeating: 0, count: 4096)
  let length = buffer.withUnsafeMutableBytes {
    readlink("/proc/self/exe", $0.baseAddress!.assumingMemoryBound(to: CChar.self), $0.count)
  }
  let runner = String(decoding: buffer.prefix(max(0, length)), as: UTF8.self)
  return runner.split(separator: "/").dropLast().reduce("") { $0 + "/" + $1 }
}()

/// Where these tests put what they make; what an earlier run left there is written over.
let workFolder = Result {
  let folder = buildFolder + "/c-tests"
  guard mkdir(folder, 0o755) == 0 || errno == EEXIST else { throw TestSupportError("mkdir \(folder): errno \(errno)") }
  return folder
}

/// What a program of the machine writes; its failure is an error.
func run(_ name: String, _ arguments: [String], environment: [String: String] = [:]) throws -> String {
  guard let tool = name.contains("/") ? name : Tool.find(name) else {
    throw TestSupportError("\(name) is not installed")
  }
  let done = try ChildProcess.run(tool, arguments, environment: environment, timeout: .seconds(120))
  guard done.status == .exited(0) else {
    throw TestSupportError("\(name) \(arguments.joined(separator: " ")): \(done.status)\n\(done.errors)\(done.output)")
  }
  return done.output
}
