import Glibc

/// Whether two byte strings are the same: `==` by `memcmp`, since these tests compare
/// hundreds of megabytes in unoptimized builds.
public func equal(_ one: [UInt8]?, _ other: [UInt8]) -> Bool {
  guard let one else { return false }
  return one.count == other.count
    && one.withUnsafeBytes { one in
      other.withUnsafeBytes { other in
        one.isEmpty || memcmp(one.baseAddress!, other.baseAddress!, one.count) == 0
      }
    }
}
