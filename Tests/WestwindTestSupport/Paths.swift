import Glibc

/// The root of the repository, also for the packages in it that see this file through a link.
public let packageRoot: String = {
  let file = realpath(#filePath, nil)
  defer { free(file) }
  var components = (file.map { String(cString: $0) } ?? #filePath).split(separator: "/")
  components.removeLast(3)  // Tests/WestwindTestSupport/Paths.swift
  return "/" + components.joined(separator: "/")
}()

/// The Python interpreter that has `kconfiglib` and `websockets`, or `nil` where
/// `Scripts/prepare` has not made it.
public let peerPython: String? = peerProgram("python")

/// A program that `Scripts/prepare --tests` put into `.build/peers`, or `nil` where it is missing.
public func peerProgram(_ name: String) -> String? {
  let path = packageRoot + "/.build/peers/bin/" + name
  return access(path, X_OK) == 0 ? path : nil
}

/// Programs of the machine.
public enum Tool {
  /// The path of a program in `PATH`, or `nil` where it is not installed.
  public static func find(_ name: String) -> String? {
    guard let path = getenv("PATH") else { return nil }
    return find(name, in: String(cString: path))
  }

  /// The path of a program in one of these folders, which `:` separates.
  public static func find(_ name: String, in path: String) -> String? {
    for folder in path.split(separator: ":") {
      let candidate = folder + "/" + name
      if access(candidate, X_OK) == 0 { return candidate }
    }
    return nil
  }
}

/// A program that was built with the tests: it lies beside the one that runs them.
public func builtProgram(_ name: String) -> String {
  var buffer = [UInt8](repeating: 0, count: 4096)
  let length = buffer.withUnsafeMutableBytes {
    readlink("/proc/self/exe", $0.baseAddress!.assumingMemoryBound(to: CChar.self), $0.count)
  }
  let tests = String(decoding: buffer.prefix(max(0, length)), as: UTF8.self)
  return tests.split(separator: "/").dropLast().reduce("") { $0 + "/" + $1 } + "/" + name
}
