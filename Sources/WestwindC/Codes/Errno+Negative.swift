internal import SystemPackage

extension Errno {
  /// The error that a program's callback returns, which may be any negative number: the least of them has no opposite.
  init(negative answer: CInt) {
    self.init(rawValue: CInt(clamping: -Int(answer)))
  }
}
