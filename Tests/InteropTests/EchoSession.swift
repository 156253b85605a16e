import PerMessageDeflate
import WebSocketProtocol
import Westwind
import WestwindSockets
import WestwindTestPeer
import WestwindTestSupport

/// Sends the traffic to a peer that keeps messages and compares every echo. Gives back the number of frames.
///
/// The first part goes message by message; in the rest a thread sends while another receives,
/// so that many messages are on their way and arrive in one read.
///
/// - Parameters:
///   - isSecure: over TLS, connecting by URL.
///   - compression: what is to be agreed on; nil for none.
func exchange(
  with kind: Peer.Kind, frameCount: Int, isSecure: Bool = false, compression: PerMessageDeflateParameters? = nil
) throws -> Int {
  let peer = try Peer(kind, isSecure: isSecure, compression: compression)
  defer { peer.terminate() }
  let messages = traffic(frameCount: frameCount)
  let turns = messages.count / 5
  var options = WebSocketOptions()
  options.compression = compression?.wishes
  try withConnection(to: peer, options: options) { connection in
    let agreed = try connection.compression()
    guard agreed == compression else {
      throw TestSupportError("agreed on \(String(describing: agreed)), not \(String(describing: compression))")
    }
    try withBuffer(5000) { buffer in
      for message in messages[..<turns] {
        try connection.send(message)
        try check(connection.mismatch(of: message, buffer: buffer))
      }
      let sender = BlockingThread {
        for message in messages[turns...] { try connection.send(message) }
      }
      let received = Result {
        for message in messages[turns...] {
          try check(connection.mismatch(of: message, buffer: buffer))
        }
      }
      try finish(sender, received, connection)
    }
  }
  try peer.stop()
  return messages.reduce(0) { $0 + $1.frameSizes.count }
}

/// Sends the traffic to `cat` behind websocketd, which keeps bytes and not frame edges, and compares
/// the stream. Gives back the number of frames.
///
/// websocketd moves bytes both ways in one loop, so it comes to a stop for good when the pipes to and from `cat` are
/// full; no more is on its way at a time than one pipe holds.
///
/// Sends by `sendMsg` and by the plain socket call in turn, and receives by the plain call, as the sample
/// of Zephyr does; now and then by `recvMsg`.
func exchangeStream(frameCount: Int) throws -> Int {
  let peer = try Peer(.websocketd)
  defer { peer.terminate() }
  let messages = traffic(frameCount: frameCount, plain: true)
  var options = WebSocketOptions()
  options.sendOpcode = .binary
  try withConnection(to: peer, options: options) { connection in
    let window = Window(size: 65536)
    let sender = BlockingThread {
      for message in messages {
        try window.open(for: message.size)
        if message.number % 2 == 0 {
          try connection.send(message)
        } else {
          let sent = try connection.descriptor.send(message.payload, timeout: patience)
          guard sent == message.size else {
            throw TestSupportError("message \(message.number): send took \(sent) of \(message.size) bytes")
          }
        }
      }
    }
    let received = Result {
      var stream = ExpectedStream(messages)
      var call = 0
      while !stream.isAtEnd {
        let part = try receivePart(connection, call: call)
        try stream.take(part)
        window.close(by: part.count)
        call += 1
      }
    }
    try finish(sender, received, connection)
  }
  try peer.stop()
  return messages.count
}

private func receivePart(_ connection: WebSocketDescriptor, call: Int) throws -> [UInt8] {
  let socket = connection.descriptor
  switch call % 8 {
  case 0:
    // may be empty: websocketd ends a message in fragments with an empty one
    let (message, payload) = try connection.recvMsg(maxCount: 3000, timeout: patience)
    guard message.isBinary else { throw TestSupportError("a frame of type \(message.type) came") }
    return payload
  case 1:
    // what is peeked at is still there
    let peeked = try socket.recv(maxCount: 100, flags: .peek, timeout: patience)
    let taken = try socket.recv(maxCount: 100, timeout: patience)
    try check(difference(Array(taken.prefix(peeked.count)), peeked).map { "after a peek: \($0)" })
    return try unlessAtEnd(taken)
  default:
    return try unlessAtEnd(socket.recv(maxCount: 1 + call * 997 % 40000, timeout: patience))
  }
}

/// A plain receiving call gives nothing only at the end of the stream.
private func unlessAtEnd(_ bytes: [UInt8]) throws -> [UInt8] {
  if bytes.isEmpty { throw TestSupportError("the stream ended early") }
  return bytes
}

/// The payloads of messages one after the other, as `cat` gives them back.
private struct ExpectedStream {
  private let messages: [Message]
  private var next = 0
  private var ahead: [UInt8] = []
  private var position = 0

  init(_ messages: [Message]) {
    self.messages = messages
    prepare(1)
  }

  var isAtEnd: Bool { ahead.isEmpty && next == messages.count }

  /// Takes received bytes off the front; throws where they are other bytes.
  mutating func take(_ bytes: [UInt8]) throws {
    prepare(bytes.count)
    try check(difference(bytes, Array(ahead.prefix(bytes.count))).map { "at \(position) of the stream: \($0)" })
    ahead.removeFirst(bytes.count)
    position += bytes.count
    prepare(1)
  }

  /// Looks `count` bytes ahead, as far as there are any.
  private mutating func prepare(_ count: Int) {
    while ahead.count < count, next < messages.count {
      ahead += messages[next].payload
      next += 1
    }
  }
}

private func check(_ mismatch: String?) throws {
  if let mismatch { throw TestSupportError(mismatch) }
}

/// Joins the sending thread and throws what went wrong in either direction: where a message could not be sent,
/// the receiver has waited for it in vain.
private func finish(
  _ sender: BlockingThread<Void>, _ received: Result<Void, any Error>, _ connection: WebSocketDescriptor
) throws {
  if case .failure = received {
    // a sender that is held up ends with the connection
    try? connection.descriptor.shutdown(.readWrite)
  }
  let sent = Result { try sender.join() }
  switch (sent, received) {
  case (.success, .success): break
  case (.success, .failure(let error)), (.failure(let error), .success): throw error
  case (.failure(let sending), .failure(let receiving)):
    throw TestSupportError("receiving: \(receiving); sending: \(sending)")
  }
}
