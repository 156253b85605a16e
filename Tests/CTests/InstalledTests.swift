import Glibc
import Testing
import WestwindTestSupport

/// The functions that the headers declare and do not define.
private func declaredFunctions() throws -> Set<String> {
  let headers = try run("find", [packageRoot + "/Sources/CWestwind/include", "-name", "*.h"])
  var names: Set<String> = []
  for header in headers.split(separator: "\n") {
    for line in try run("cat", [String(header)]).split(separator: "\n") {
      // Macros are in capitals, and what begins with an underscore is the compiler's.
      guard let first = line.first, first.isLowercase, !line.hasPrefix("static"), !line.hasPrefix("typedef"),
        let parenthesis = line.firstIndex(of: "("),
        let name = line[..<parenthesis].split(whereSeparator: { !($0.isLetter || $0.isNumber || $0 == "_") }).last,
        !name.hasPrefix("_")
      else { continue }
      names.insert(String(name))
    }
  }
  // these are the program's
  return names.filter { !$0.hasPrefix("mqtt_client_custom_transport_") }
}

/// The list of exported symbols.
private func exportedFunctions() throws -> [String] {
  try run("cat", [packageRoot + "/Sources/CWestwind/exports.map"]).split(separator: "\n").compactMap { line in
    guard line.hasPrefix("    "), line.hasSuffix(";"), !line.contains("*") else { return nil }
    return String(line.dropFirst(4).dropLast())
  }
}

struct ExportsTests {
  @Test func `the list of exports has each function of the headers by its name, once, in order`() throws {
    let exported = try exportedFunctions()
    #expect(Set(exported) == (try declaredFunctions()))
    #expect(exported == exported.sorted() && Set(exported).count == exported.count)
    // A name that has been shown stays. These are of 0.1.0; a new one comes behind.
    #expect(Set(exported).isSuperset(of: ["websocket_connect", "zsock_poll", "tls_credential_add", "mqtt_connect"]))
  }
}

/// What `Scripts/install-c` installs: `Scripts/test` runs it, and says where.
@Suite(.enabled(if: CLibrary.prefix != nil, "run Scripts/install-c PREFIX, and set WESTWIND_C_PREFIX"))
struct InstalledTests {
  private let prefix = CLibrary.prefix ?? ""
  private let folder = (CLibrary.prefix ?? "") + "/lib"

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
    let shown = names(in: try run("nm", ["-D", "--defined-only", folder + "/libwestwind.so"]))
    #expect(shown == (try declaredFunctions()))
    #expect(shown == Set(try exportedFunctions()))
  }

  @Test func `so does the static library`() throws {
    #expect(names(in: try run("nm", ["-g", "--defined-only", folder + "/libwestwind.a"])) == (try declaredFunctions()))
  }

  @Test func `the shared library has all of Swift inside, and a version in its name`() throws {
    let needs = try run("readelf", ["-d", folder + "/libwestwind.so"])
    #expect(!needs.contains("libswift") && !needs.contains("Foundation") && !needs.contains("RUNPATH"))
    #expect(needs.contains("soname: [libwestwind.so.0]"))
  }

  @Test func `the shared library is read-only once it is linked, and never unloaded`() throws {
    let dynamic = try run("readelf", ["-dW", folder + "/libwestwind.so"])
    #expect(dynamic.contains("BIND_NOW") && dynamic.contains("NODELETE"))
    #expect(try run("readelf", ["-lW", folder + "/libwestwind.so"]).contains("GNU_RELRO"))
    #expect(!dynamic.contains("TEXTREL"))
    let program = try CProgram("dlclose", .c11)
    #expect(try program([folder + "/libwestwind.so.0"]) == "still here\n")
  }

  @Test func `each function has a man page, which groff has nothing against`() throws {
    for name in try exportedFunctions() {
      let page = try run("cat", ["\(prefix)/share/man/man3/\(name).3"])
      #expect(page.contains("\n\(name) \\- "), "\(name)")
    }
    guard let groff = Tool.find("groff") else { return }
    for page in try run("find", [prefix + "/share/man", "-type", "f"]).split(separator: "\n") {
      let said = try ChildProcess.run(groff, ["-man", "-Tutf8", "-ww", "-z", String(page)])
      #expect(said.errors == "" && said.status == .exited(0))
    }
  }

  @Test func `autoconf_h says how the library was configured`() throws {
    let source = try write(
      Array(
        """
        #include <zephyr/net/websocket.h>
        #if !defined CONFIG_WEBSOCKET_CLIENT || CONFIG_WEBSOCKET_MAX_CONTEXTS < 1 || !defined CONFIG_NET_IPV6
        #error "no configuration"
        #endif
        #ifdef CONFIG_WEBSOCKET_SEND_BINARY
        #error "it is not set"
        #endif
        """.utf8), to: "\(try workFolder.get())/autoconf.c")
    _ = try run(
      "gcc", ["-Wall", "-Werror", "-fsyntax-only", "-I", prefix + "/include", "-imacros", "zephyr/autoconf.h", source])
  }

  @Test(.enabled(if: Tool.find("cmake") != nil, "run Scripts/prepare --tests"))
  func `CMake finds the library, shared and static, by its version`() throws {
    let folder = try workFolder.get() + "/cmake"
    _ = try run("rm", ["-rf", folder])
    _ = try run("mkdir", ["-p", folder])
    _ = try write(
      Array(
        """
        cmake_minimum_required(VERSION 3.13)
        project(consumer C)
        find_package(westwind 0.1 REQUIRED)
        find_package(westwind 0.2 QUIET CONFIG)
        if(westwind_FOUND)
          message(FATAL_ERROR "0.1 is not 0.2")
        endif()
        find_package(westwind 0.1 REQUIRED)
        foreach(kind westwind static)
          add_executable(with-${kind} \(packageRoot)/Tests/CTests/Programs/end.c)
          target_link_libraries(with-${kind} westwind::${kind} ssl crypto pthread)
        endforeach()
        """.utf8), to: folder + "/CMakeLists.txt")
    _ = try run("cmake", ["-S", folder, "-B", folder + "/build", "-DCMAKE_PREFIX_PATH=" + prefix])
    _ = try run("cmake", ["--build", folder + "/build"])
    for kind in ["westwind", "static"] {
      let done = try ChildProcess.run("\(folder)/build/with-\(kind)")
      #expect(done.errors == "" && done.status == .exited(0), "\(kind)")
    }
  }

  @Test func `uninstalling takes away what was installed, and nothing else`() throws {
    let copy = try workFolder.get() + "/installed/copy"
    _ = try run("rm", ["-rf", copy])
    _ = try run("mkdir", ["-p", copy])
    _ = try run("cp", ["-a", prefix + "/.", copy])
    let script = packageRoot + "/Scripts/install-c"
    _ = try write(Array("mine".utf8), to: copy + "/lib/pkgconfig/other.pc")
    // By way of DESTDIR: the prefix is what lies below it.
    _ = try run(
      script, ["--uninstall", "/copy"], environment: ["DESTDIR": try workFolder.get() + "/installed"])
    #expect(try run("find", [copy, "!", "-type", "d"]) == copy + "/lib/pkgconfig/other.pc\n")
    #expect(throws: TestSupportError.self) { _ = try run(script, ["--uninstall", copy]) }
  }

  @Test func `with the suppressions valgrind tells of nothing`() throws {
    let valgrind = try #require(Tool.find("valgrind"))
    let program = try workFolder.get() + "/suppressed"
    _ = try run(
      "gcc",
      ["-std=c11", packageRoot + "/Tests/CTests/Programs/end.c", "-o", program]
        + CLibrary.shared.get().flags + ["-lcrypto", "-pthread"])
    let done = try ChildProcess.run(
      valgrind,
      [
        "-q", "--error-exitcode=99", "--leak-check=full", "--show-leak-kinds=all", "--errors-for-leak-kinds=all",
        "--suppressions=\(prefix)/share/westwind/westwind.supp", program,
      ], timeout: .seconds(240))
    #expect(done.errors == "")
    #expect(done.status == .exited(0))
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
