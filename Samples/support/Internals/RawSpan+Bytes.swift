extension RawSpan {
  package subscript(byte offset: Int) -> UInt8 {
    unsafe withUnsafeBytes { unsafe $0[offset] }
  }

  /// A copy of the bytes.
  package var array: [UInt8] {
    unsafe withUnsafeBytes { unsafe Array($0) }
  }
}
