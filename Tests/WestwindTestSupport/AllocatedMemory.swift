import Glibc

/// Bytes that the program has from the allocator and has not given back, in all threads.
///
/// A sanitizer has an allocator of its own and tells its own number.
public func allocatedBytes() -> Int {
  if let symbol = dlsym(nil, "__sanitizer_get_current_allocated_bytes") {
    return unsafeBitCast(symbol, to: (@convention(c) () -> Int).self)()
  }
  let report = mallocReport()
  // The totals come last: `<total type="fast" count="3" size="96"/>`, `<system type="current" size="135168"/>`.
  func total(_ tag: String) -> Int {
    guard let line = report.last(where: { $0.hasPrefix(tag) }), let size = line.split(separator: "size=\"").last else {
      return 0
    }
    return Int(size.prefix { $0.isNumber }) ?? 0
  }
  return total("<system type=\"current\"") + total("<total type=\"mmap\"") - total("<total type=\"fast\"")
    - total("<total type=\"rest\"")
}

/// The lines of `malloc_info(3)`, which knows all threads' memory; `mallinfo2(3)` knows the main one's.
private func mallocReport() -> [Substring] {
  var text: UnsafeMutablePointer<CChar>?
  var size = 0
  // The C library's module for Swift leaves `malloc.h` out.
  typealias Function = @convention(c) (CInt, UnsafeMutablePointer<FILE>) -> CInt
  guard let symbol = dlsym(nil, "malloc_info"), let stream = open_memstream(&text, &size) else { return [] }
  _ = unsafeBitCast(symbol, to: Function.self)(0, stream)
  fclose(stream)
  defer { free(text) }
  return text.map { String(cString: $0) }?.split(separator: "\n") ?? []
}

/// Whether the program was built with a sanitizer, which has an allocator of its own.
public var hasSanitizer: Bool { dlsym(nil, "__sanitizer_get_current_allocated_bytes") != nil }
