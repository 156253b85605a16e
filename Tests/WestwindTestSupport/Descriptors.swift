import Glibc

/// The number of descriptors that this process has open.
///
/// It means something only while nothing else runs in the process: take it in a
/// serialized run, or in the process of an exit test.
public func openDescriptorCount() -> Int {
  openDescriptors().count
}

/// What each open descriptor of this process refers to, such as `socket:[1234]`.
///
/// The difference of two tables names what was left open.
public func openDescriptors() -> [CInt: String] {
  guard let folder = opendir("/proc/self/fd") else { return [:] }
  defer { closedir(folder) }
  var table: [CInt: String] = [:]
  while let entry = readdir(folder) {
    let name = withUnsafePointer(to: &entry.pointee.d_name) {
      String(cString: UnsafeRawPointer($0).assumingMemoryBound(to: CChar.self))
    }
    guard let number = CInt(name), number != dirfd(folder) else { continue }
    var target = [UInt8](repeating: 0, count: 4096)
    let length = target.withUnsafeMutableBytes {
      readlink("/proc/self/fd/" + name, $0.baseAddress!.assumingMemoryBound(to: CChar.self), $0.count)
    }
    table[number] = String(decoding: target.prefix(max(0, length)), as: UTF8.self)
  }
  return table
}

/// The text of an error number, by default that of the last failed C call.
func errorText(_ number: CInt = errno) -> String {
  String(cString: strerror(number))
}
