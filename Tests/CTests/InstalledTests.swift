import Glibc
import Testing
import WestwindTestSupport

/// What `Scripts/install-c` installs: `Scripts/test` runs it, and says where.
@Suite(.enabled(if: CLibrary.prefix != nil, "run Scripts/install-c PREFIX, and set WESTWIND_C_PREFIX"))
struct InstalledTests {
  private let folder = (CLibrary.prefix ?? "") + "/lib"

  /// The functions that the headers declare and do not define.
  private func declared() throws -> Set<String> {
    let headers = try run("find", [packageRoot + "/Sources/CWestwind/include", "-name", "*.h"])
    var names: Set<String> = []
    for header in headers.split(separator: "\n") {
      for line in try run("cat", [String(header)]).split(separator: "\n") {
        guard let first = line.first, first.isLetter, !line.hasPrefix("static"), !line.hasPrefix("typedef") else {
          continue
        }
        guard let parenthesis = line.firstIndex(of: "(") else { continue }
        names.insert(String(line[..<parenthesis].split { !($0.isLetter || $0.isNumber || $0 == "_") }.last!))
      }
    }
    // these are the program's
    return names.filter { !$0.hasPrefix("mqtt_client_custom_transport_") }
  }

  /// The names in what `nm` prints.
  private func names(in output: String) -> Set<String> {
    var names: Set<String> = []
    for line in output.split(separator: "\n") {
      let columns = line.split(separator: " ")
      // The version itself is an absolute symbol.
      guard columns.count == 3, columns[1] != "A" else { continue }
      names.insert(String(columns[2].prefix { $0 != "@" }))
    }
    return names
  }

  @Test func `the shared library shows the functions of the headers and nothing else`() throws {
    let declared = try declared()
    #expect(declared.isSuperset(of: ["websocket_connect", "zsock_poll", "tls_credential_add", "mqtt_connect"]))
    #expect(names(in: try run("nm", ["-D", "--defined-only", folder + "/libwestwind.so"])) == declared)
  }

  @Test func `so does the static library`() throws {
    #expect(names(in: try run("nm", ["-g", "--defined-only", folder + "/libwestwind.a"])) == (try declared()))
  }

  @Test func `the shared library has all of Swift inside, and a version in its name`() throws {
    let needs = try run("readelf", ["-d", folder + "/libwestwind.so"])
    #expect(!needs.contains("libswift") && !needs.contains("Foundation") && !needs.contains("RUNPATH"))
    #expect(needs.contains("soname: [libwestwind.so.0]"))
  }

  @Test func `a program has the static library inside and runs`() throws {
    let program = try workFolder.get() + "/static"
    _ = try run(
      "gcc",
      ["-std=c11", packageRoot + "/Tests/CTests/Programs/recv.c", "-o", program]
        + ["-I", (CLibrary.prefix ?? "") + "/include", folder + "/libwestwind.a"]
        + ["-lssl", "-lcrypto", "-lz", "-lstdc++", "-lm", "-ldl", "-pthread"])
    let done = try ChildProcess.run(program)
    #expect(done.errors == "")
    #expect(done.status == .exited(0))
    #expect(!(try run("readelf", ["-d", program]).contains("libwestwind")))
  }
}
