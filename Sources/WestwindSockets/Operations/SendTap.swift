package import SystemPackage
package import WestwindBuffers

/// A socket whose operations are its own, and what is sent on it is noted, while a callback has it.
package final class SendTap: SocketOperations {
  /// What is behind it.
  package let socket: any SocketOperations
  private let number: SocketDescriptor
  /// What was in the table before; nil for a kernel socket.
  private let layer: (any SocketOperations)?
  private let sent = Lock<[UInt8]>([])

  private init(_ number: SocketDescriptor) {
    self.number = number
    layer = number.layer
    socket = number.operations
  }

  /// Lends a socket to a callback.
  ///
  /// - Returns: all that the callback sent, by this library's calls: the kernel's own pass by.
  package static func run(
    on socket: SocketDescriptor, _ callback: (SocketDescriptor) throws(Errno) -> Void
  ) throws(Errno) -> [UInt8] {
    let tap = SendTap(socket)
    _ = SocketDescriptor.enter(tap, number: socket.rawValue)
    defer { tap.leave() }
    try callback(socket)
    return tap.sent.withLock { $0 }
  }

  /// Gives the number back to the socket; once, since it may be another's afterwards.
  private func leave() {
    guard let current = number.layer as? SendTap, current === self else { return }
    if let layer {
      _ = SocketDescriptor.enter(layer, number: number.rawValue)
    } else {
      SocketDescriptor.unregister(number: number.rawValue)
    }
  }

  package func send(_ payload: Payload, flags: MessageFlags, wait: Wait) throws(Errno) -> Int {
    let count = try socket.send(payload, flags: flags, wait: wait)
    sent.withLock { sent in
      let total = sent.count + count
      // Sound: read within their bounds.
      unsafe payload.first.withUnsafeBytes { unsafe sent.append(contentsOf: $0) }
      unsafe payload.second.withUnsafeBytes { unsafe sent.append(contentsOf: $0) }
      unsafe payload.third.withUnsafeBytes { unsafe sent.append(contentsOf: $0) }
      sent.removeLast(sent.count - total)
    }
    return count
  }

  package func close() throws(Errno) {
    leave()
    try socket.close()
  }

  // MARK: The socket's own

  package var readableNumber: CInt { socket.readableNumber }
  package var writableNumber: CInt { socket.writableNumber }

  package func receive(into output: inout OutputRawSpan, flags: MessageFlags, wait: Wait) throws(Errno)
    -> ReceivedMetadata
  {
    try socket.receive(into: &output, flags: flags, wait: wait)
  }

  package func wait(for events: PollEvents, _ wait: Wait) throws(Errno) -> PollEvents {
    try socket.wait(for: events, wait)
  }
  package func canReceive() -> Bool { socket.canReceive() }
  package func connect(to address: SocketAddress, wait: Wait) throws(Errno) {
    try socket.connect(to: address, wait: wait)
  }
  package func bind(to address: SocketAddress) throws(Errno) { try socket.bind(to: address) }
  package func listen(backlog: CInt) throws(Errno) { try socket.listen(backlog: backlog) }
  package func accept(wait: Wait) throws(Errno) -> SocketDescriptor { try socket.accept(wait: wait) }
  package func shutdown(_ direction: ShutdownKind) throws(Errno) { try socket.shutdown(direction) }

  package func setOption(level: CInt, name: CInt, value: RawSpan) throws(Errno) {
    try socket.setOption(level: level, name: name, value: value)
  }

  package func getOption(level: CInt, name: CInt, into value: inout OutputRawSpan) throws(Errno) {
    try socket.getOption(level: level, name: name, into: &value)
  }

  package func localName() throws(Errno) -> SocketAddress { try socket.localName() }
  package func peerName() throws(Errno) -> SocketAddress { try socket.peerName() }
  package func setNonBlocking(_ isOn: Bool) throws(Errno) { try socket.setNonBlocking(isOn) }
  package func isNonBlocking() throws(Errno) -> Bool { try socket.isNonBlocking() }
}
