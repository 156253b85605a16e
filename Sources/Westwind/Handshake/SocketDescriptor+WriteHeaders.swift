internal import SystemPackage
internal import WebSocketProtocol
internal import WestwindSockets

extension SocketDescriptor {
  /// Has a callback write header lines to the socket.
  ///
  /// Lines `Sec-WebSocket-Protocol` that a program writes itself, as Zephyr's have to, are an offer like any other: the
  /// server may choose from it, and there is to be no second line.
  ///
  /// - Returns: the fields that it wrote. Of lines that are none nothing is known: they are the server's to judge.
  func writeHeaders(by callback: (SocketDescriptor) throws(Errno) -> Int) throws(Errno) -> [HeaderField] {
    let sent = try SendTap.run(on: self) { (socket) throws(Errno) in _ = try callback(socket) }
    return sent.split(separator: UInt8(ascii: "\n")).compactMap { line in
      try? HeaderField(line: line + [UInt8(ascii: "\n")])
    }
  }
}
