internal import CWestwind
internal import Westwind
internal import WestwindPlatform

/// A structure of options that begins with its size, as the program filled it in.
protocol OptionStructure {
  /// The structure's name in the header.
  static var name: String { get }
  /// Its size in the first version of the library that had it: programs fill in as much at least.
  static var firstSize: Int { get }
  /// All zero, which is the default of everything.
  init()
}

extension OptionStructure {
  /// Copies a program's structure, which may be older or newer than this library's: what it lacks is zero, and what it has
  /// more has to be.
  ///
  /// Sound: the program says by the size how much memory there is, and every structure is numbers and pointers, for which all
  /// zero is a value.
  init(_ given: UnsafePointer<Self>) throws(CallFailure) {
    let bytes = unsafe UnsafeRawPointer(given)
    let size = unsafe bytes.loadUnaligned(as: Int.self)
    guard size >= Self.firstSize else {
      throw .argument("the size of struct \(Self.name) is wrong: initialize the structure with \(Self.name)_init")
    }
    let known = MemoryLayout<Self>.size
    if size > known {
      // A size that nobody means is a structure that was not initialized, and is not read to its end.
      guard size <= 1 << 16 else {
        throw .argument("the size of struct \(Self.name) is wrong: initialize the structure with \(Self.name)_init")
      }
      let rest = unsafe UnsafeRawBufferPointer(start: bytes + known, count: size - known)
      guard unsafe rest.allSatisfy({ $0 == 0 }) else { throw .unknownOption(structure: Self.name) }
    }
    self.init()
    unsafe withUnsafeMutableBytes(of: &self) { copy in
      unsafe copy.copyMemory(from: UnsafeRawBufferPointer(start: bytes, count: min(size, known)))
    }
  }
}

// In this version all structures are as they were in the first.

extension westwind_compression: OptionStructure {
  static var name: String { "westwind_compression" }
  static var firstSize: Int { MemoryLayout<Self>.size }
}

extension westwind_options: OptionStructure {
  static var name: String { "westwind_options" }
  static var firstSize: Int { unsafe MemoryLayout<Self>.size }
}

extension westwind_tls_options: OptionStructure {
  static var name: String { "westwind_tls_options" }
  static var firstSize: Int { unsafe MemoryLayout<Self>.size }
}

extension westwind_connect_options: OptionStructure {
  static var name: String { "westwind_connect_options" }
  static var firstSize: Int { unsafe MemoryLayout<Self>.size }
}

extension westwind_upgrade_options: OptionStructure {
  static var name: String { "westwind_upgrade_options" }
  static var firstSize: Int { unsafe MemoryLayout<Self>.size }
}

// MARK: - Members

/// A string of the program's; nil for NULL. One that is not UTF-8 is refused, since it would be another text. Sound: a program's
/// string ends with NUL.
func text(_ string: UnsafePointer<CChar>?, _ name: String) throws(CallFailure) -> String? {
  guard let string = unsafe string else { return nil }
  guard let text = unsafe String(validatingCString: string) else { throw .argument("\(name) is not UTF-8") }
  return text
}

/// Strings up to a NULL; none where the pointer is NULL. Sound: a program's list ends with NULL.
func texts(
  _ list: UnsafePointer<UnsafePointer<CChar>?>?, _ name: String
) throws(CallFailure) -> [String] {
  guard var next = unsafe list else { return [] }
  var texts: [String] = []
  while let text = try unsafe text(next.pointee, name) {
    texts.append(text)
    unsafe next += 1
  }
  return texts
}

/// A number within a range; nil for 0, the default.
func number<I: BinaryInteger>(
  _ value: I, in range: ClosedRange<Int>, _ name: String
) throws(CallFailure) -> Int? {
  guard value != 0 else { return nil }
  guard let number = Int(exactly: value), range.contains(number) else {
    throw .argument("\(name) is \(value): it has to be from \(range.lowerBound) to \(range.upperBound), or 0")
  }
  return number
}
