public import SystemPackage
internal import WestwindPlatform

extension SocketDescriptor {
  /// Sets an option.
  ///
  /// A layered descriptor has options of its own, `SO_RCVTIMEO` and `SO_SNDTIMEO` among them, which hold for calls without a
  /// timeout; it passes on those that act through it, and refuses every other. `Docs/OPTIONS.md` lists them.
  ///
  /// - Parameters:
  ///   - level: `SOL_SOCKET`, `IPPROTO_TCP`, ...
  ///   - name: the option.
  ///   - value: its value, as bytes.
  /// - Throws: `ENOPROTOOPT` for an option that would have no effect on this kind of descriptor.
  ///
  /// The corresponding C function is `setsockopt`.
  public func setsockopt(level: CInt, name: CInt, value: RawSpan) throws(Errno) {
    try operations.setOption(level: level, name: name, value: value)
    tellLayers(level: level, name: name, value: value)
  }

  /// Sets an option whose value is an `int`.
  public func setsockopt(level: CInt, name: CInt, value: CInt) throws(Errno) {
    let value = InlineArray<1, CInt>(repeating: value)
    // Sound: an integer has no padding.
    try unsafe setsockopt(level: level, name: name, value: value.span.bytes)
  }

  /// Reads an option whose value is an `int`.
  ///
  /// The corresponding C function is `getsockopt`.
  public func getsockopt(level: CInt, name: CInt) throws(Errno) -> CInt {
    var value: CInt = 0
    let operations = operations
    // Sound: the span covers `value`, any bytes of which are an integer.
    let outcome = unsafe withUnsafeMutableBytes(of: &value) { bytes -> Result<Void, Errno> in
      var output = unsafe OutputRawSpan(buffer: bytes, initializedCount: 0)
      do throws(Errno) {
        try operations.getOption(level: level, name: name, into: &output)
        return .success(())
      } catch {
        return .failure(error)
      }
    }
    try outcome.get()
    return value
  }

  /// The address of this end. The corresponding C function is `getsockname`.
  public func getsockname() throws(Errno) -> SocketAddress {
    try operations.localName()
  }

  /// The address of the other end. The corresponding C function is `getpeername`.
  public func getpeername() throws(Errno) -> SocketAddress {
    try operations.peerName()
  }

  /// Switches non-blocking mode: `O_NONBLOCK` of `fcntl`.
  ///
  /// On a ws descriptor it says what `send` and `recv` do without a timeout; the socket below stays as it is.
  public func setNonBlocking(_ isOn: Bool) throws(Errno) {
    try operations.setNonBlocking(isOn)
  }

  public func isNonBlocking() throws(Errno) -> Bool {
    try operations.isNonBlocking()
  }

  /// Whether the number is open at all.
  public var isOpen: Bool {
    fcntl(rawValue, F_GETFD) != -1
  }
}
