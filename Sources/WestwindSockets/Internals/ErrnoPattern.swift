public import SystemPackage

extension Errno {
  /// Makes `case .wouldBlock` a comparison of numbers. swift-system's own pattern takes any error, and to make one of
  /// the number allocates wherever the optimizer does not see through it.
  @inlinable package static func ~= (pattern: Errno, value: Errno) -> Bool {
    pattern.rawValue == value.rawValue
  }
}
