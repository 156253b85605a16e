internal import SocketLayer
internal import SystemPackage
internal import WebSocketProtocol

/// A socket while a callback writes header lines to it: all operations are the socket's, and what is sent is noted.
///
/// Lines `Sec-WebSocket-Protocol` that a program writes itself, as Zephyr's have to, are an offer like any other: the
/// server may choose from it, and there is to be no second line.
final class HeaderTap: SocketOperations {
  private let number: SocketDescriptor
  /// What is in the table; nil for a kernel socket.
  private let layer: (any SocketOperations)?
  private let socket: any SocketOperations
  private let written = Lock<[UInt8]>([])

  private init(_ number: SocketDescriptor) {
    self.number = number
    layer = number.layer
    socket = number.operations
  }

  /// Runs the callback.
  ///
  /// - Returns: the subprotocols that it offered.
  static func run(
    _ callback: (SocketDescriptor) throws(Errno) -> Int, on socket: SocketDescriptor
  ) throws(Errno) -> [[UInt8]] {
    let tap = HeaderTap(socket)
    _ = SocketDescriptor.register(tap, number: socket.rawValue)
    defer { tap.leave() }
    _ = try callback(socket)
    return tap.subprotocols
  }

  /// Gives the number back to the socket; once, since it may be another's afterwards.
  private func leave() {
    guard let current = number.layer as? HeaderTap, current === self else { return }
    if let layer {
      _ = SocketDescriptor.register(layer, number: number.rawValue)
    } else {
      SocketDescriptor.unregister(number: number.rawValue)
    }
  }

  /// Of lines that are none nothing is known, and they are the server's to judge.
  private var subprotocols: [[UInt8]] {
    let lines = written.withLock { $0.split(separator: UInt8(ascii: "\n")) }
    return lines.compactMap { try? HeaderField(line: $0 + [UInt8(ascii: "\n")]) }.list(of: "sec-websocket-protocol")
  }

  func send(
    _ first: RawSpan, _ second: RawSpan, _ third: RawSpan, flags: MessageFlags, wait: Wait
  ) throws(Errno) -> Int {
    let count = try socket.send(first, second, third, flags: flags, wait: wait)
    written.withLock { written in
      let total = written.count + count
      // Sound: read within their bounds.
      unsafe first.withUnsafeBytes { unsafe written.append(contentsOf: $0) }
      unsafe second.withUnsafeBytes { unsafe written.append(contentsOf: $0) }
      unsafe third.withUnsafeBytes { unsafe written.append(contentsOf: $0) }
      written.removeLast(written.count - total)
    }
    return count
  }

  func close() throws(Errno) {
    leave()
    try socket.close()
  }

  // MARK: The socket's own

  var readableNumber: CInt { socket.readableNumber }
  var writableNumber: CInt { socket.writableNumber }

  func receive(into output: inout OutputRawSpan, flags: MessageFlags, wait: Wait) throws(Errno) -> ReceivedMetadata {
    try socket.receive(into: &output, flags: flags, wait: wait)
  }

  func wait(for events: PollEvents, _ wait: Wait) throws(Errno) -> PollEvents { try socket.wait(for: events, wait) }
  func connect(to address: SocketAddress, wait: Wait) throws(Errno) { try socket.connect(to: address, wait: wait) }
  func bind(to address: SocketAddress) throws(Errno) { try socket.bind(to: address) }
  func listen(backlog: CInt) throws(Errno) { try socket.listen(backlog: backlog) }
  func accept(wait: Wait) throws(Errno) -> SocketDescriptor { try socket.accept(wait: wait) }
  func shutdown(_ direction: ShutdownDirection) throws(Errno) { try socket.shutdown(direction) }

  func setOption(level: CInt, name: CInt, value: RawSpan) throws(Errno) {
    try socket.setOption(level: level, name: name, value: value)
  }

  func getOption(level: CInt, name: CInt, into value: inout OutputRawSpan) throws(Errno) {
    try socket.getOption(level: level, name: name, into: &value)
  }

  func localName() throws(Errno) -> SocketAddress { try socket.localName() }
  func peerName() throws(Errno) -> SocketAddress { try socket.peerName() }
  func setNonBlocking(_ isOn: Bool) throws(Errno) { try socket.setNonBlocking(isOn) }
  func isNonBlocking() throws(Errno) -> Bool { try socket.isNonBlocking() }
}
