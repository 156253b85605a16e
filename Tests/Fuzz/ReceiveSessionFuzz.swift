// A whole session through `recvMsg`: any bytes arrive behind a handshake, cut in every way, into buffers of every size,
// in both roles, with both ways of treating control frames, and with compression agreed on or not. The caller sees the
// same frames and the same end, the peer gets the same answers, each number that comes with a piece is right, and no
// descriptor is left over.

import Glibc
import PerMessageDeflate
import SystemPackage
import WebSocketProtocol
import Westwind
import WestwindSockets

@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let stream = Stream(data, count)
  var setting = Setting()
  setting.role = stream.seed & 1 == 0 ? .server : .client
  setting.options.controlFrames = stream.seed & 4 == 0 ? .automatic : .manual
  setting.options.receiveBufferSize = stream.seed & 8 == 0 ? 64 : 4096
  if stream.seed & 16 != 0 {
    let isForgotten = stream.seed & 32 != 0
    // 15 bits: how far back a reference may reach does not depend on the pieces.
    setting.compression = PerMessageDeflateParameters(
      serverNoContextTakeover: isForgotten, clientNoContextTakeover: isForgotten)
    setting.options.maxMessageSize = 5000
  }
  let pieces = stream.segmentations
  _ = firstSession
  let free = lowestFreeDescriptor()

  setting.blocks = true
  let whole = run(stream.bytes, cut: pieces[0], setting) { frames(of: $0, room: 65536, timeout: .forever) }
  setting.blocks = false
  let traces = [
    run(stream.bytes, cut: pieces[1], setting) { frames(of: $0, room: 7, timeout: .immediate) },
    run(stream.bytes, cut: pieces[2], setting) { frames(of: $0, room: 1 + Int(stream.seed), timeout: .immediate) },
    run(stream.bytes, cut: pieces[2], setting) { lentFrames(of: $0) },
  ]
  requireSame([whole] + traces)
  let joined = run(stream.bytes, cut: pieces[2], setting) { messages(of: $0) }
  require(joined.messages.allSatisfy { $0.size <= 1000 }, "a message over the limit: \(joined)")
  if joined.isTooBig {
    require(whole.joined.messages.starts(with: joined.messages), "\(joined) is not the beginning of \(whole)")
  } else {
    requireSame([whole.joined, joined])
  }

  require(websocketContexts().isEmpty, "left open: \(websocketContexts())")
  require(lowestFreeDescriptor() == free, "a descriptor is left over")
  return 0
}

/// Opens what belongs to the process and not to a session.
private let firstSession: Trace = run([], cut: [], Setting()) { _ in Trace() }

private struct Setting {
  var role = Role.client
  var options = WebSocketOptions()
  /// What is agreed on; nil for no compression.
  var compression: PerMessageDeflateParameters?
  /// Input that has not come yet is waited for; otherwise a call fails once before every piece.
  var blocks = false
}

/// A frame that came out whole.
private struct Item: Equatable {
  var type: MessageType
  var payload: [UInt8]
}

/// What caller and peer saw of a session.
private struct Trace: Equatable {
  var items: [Item] = []
  /// What came by `receiveMessage` instead.
  var messages: [WebSocketMessage] = []
  var end = ""
  var sent: [Item] = []
  /// It ended since a message was over the limit.
  var isTooBig = false

  /// The frames joined to messages, as `receiveMessage` does it.
  var joined: Trace {
    var joined = self
    joined.items = []
    var open: Item?
    for item in items {
      guard item.type.contains(.text) || item.type.contains(.binary) else {
        joined.messages.append(item.message)
        continue
      }
      var message = open ?? Item(type: item.type, payload: [])
      message.payload += item.payload
      open = item.type.contains(.final) ? nil : message
      if open == nil { joined.messages.append(message.message) }
    }
    return joined
  }
}

extension Item {
  /// The message that it is on its own. Text that was delivered is UTF-8.
  fileprivate var message: WebSocketMessage {
    if type.contains(.text) {
      guard let text = String(validating: payload, as: UTF8.self) else { fatalError("text that is not UTF-8 came out") }
      return .text(text)
    }
    if type.contains(.binary) { return .binary(payload) }
    if type.contains(.ping) { return .ping(payload) }
    if type.contains(.pong) { return .pong(payload) }
    guard payload.count >= 2 else { return .close(CloseStatus(code: .noStatus)) }
    return .close(
      CloseStatus(
        code: CloseCode(rawValue: UInt16(payload[0]) << 8 | UInt16(payload[1])),
        reason: String(decoding: payload[2...], as: UTF8.self)))
  }
}

extension WebSocketMessage {
  /// The bytes of a message of data.
  fileprivate var size: Int { text?.utf8.count ?? binary?.count ?? 0 }
}

// MARK: the session

private func run(
  _ bytes: [UInt8], cut pieces: [Range<Int>], _ setting: Setting, _ body: (WebSocketDescriptor) -> Trace
) -> Trace {
  do {
    let (socket, peer) = try PeerSocket.make(bytes, pieces, setting)
    var request = WebSocketRequest(host: "localhost", url: "/")
    request.options = setting.options
    request.options.compression = setting.compression.map { _ in PerMessageDeflateOptions() }
    let descriptor =
      setting.role == .client
      ? try websocketConnect(socket, request)
      : try websocketRegister(socket, options: setting.options, compression: setting.compression)
    var trace = body(descriptor)
    trace.sent = sentFrames(peer.sent, masked: setting.role == .client)
    try websocketDisconnect(descriptor, timeout: .immediate)
    try socket.close()
    return trace
  } catch {
    fatalError("\(error)")
  }
}

/// Receives to the end, frame by frame, with room for so many bytes.
private func frames(of descriptor: WebSocketDescriptor, room: Int, timeout: Timeout) -> Trace {
  var trace = Trace()
  var open: (type: MessageType, payload: [UInt8], remaining: UInt64)?
  trace.end = receiveToEnd(descriptor) { () throws(WebSocketError) in
    let (message, bytes) = try descriptor.recvMsg(maxCount: room, timeout: timeout)
    require(message.count == bytes.count && bytes.count <= room, "\(message) with \(bytes.count) bytes")
    if let open {
      require(message.type == open.type, "\(message) in the middle of \(open)")
      require(message.count > 0 && message.remaining == open.remaining - UInt64(message.count), "\(message) in \(open)")
    } else {
      require(message.count > 0 || message.remaining == 0, "nothing of a frame that has something: \(message)")
    }
    let payload = (open?.payload ?? []) + bytes
    open = message.remaining == 0 ? nil : (message.type, payload, message.remaining)
    if open == nil { trace.items.append(Item(type: message.type, payload: payload)) }
  }
  return trace
}

/// Receives to the end by borrowing frames, each told first by a peek.
private func lentFrames(of descriptor: WebSocketDescriptor) -> Trace {
  var trace = Trace()
  var open: [UInt8] = []
  trace.end = receiveToEnd(descriptor) { () throws(WebSocketError) in
    let next = try descriptor.peekMsg(timeout: .immediate)
    let message = try descriptor.withReceivedFrame(timeout: .immediate) { message, bytes in
      require(message.count == bytes.byteCount, "\(message) with \(bytes.byteCount) bytes")
      open += bytes.array
      return message
    }
    require(message.type == next.type, "\(message) after a peek at \(next)")
    require(message.remaining + UInt64(message.count) == next.remaining, "\(message) after a peek at \(next)")
    if message.remaining == 0 {
      trace.items.append(Item(type: message.type, payload: open))
      open = []
    }
  }
  return trace
}

private func messages(of descriptor: WebSocketDescriptor) -> Trace {
  var trace = Trace()
  trace.end = receiveToEnd(descriptor) { () throws(WebSocketError) in
    do throws(WebSocketError) {
      trace.messages.append(try descriptor.receiveMessage(maxSize: 1000, timeout: .immediate))
    } catch {
      if case .messageTooBig(limit: 1000) = error { trace.isTooBig = true }
      throw error
    }
  }
  return trace
}

/// Calls until there is nothing more.
///
/// - Returns: how it ended: by a violation of the peer's, a limit, or the stream's end with the peer's status.
private func receiveToEnd(_ descriptor: WebSocketDescriptor, _ call: () throws(WebSocketError) -> Void) -> String {
  for _ in 0..<100_000 {
    do throws(WebSocketError) {
      try call()
      continue
    } catch {
      switch error {
      case .wouldBlock: continue
      case .notConnected, .protocolViolation, .messageTooBig: break
      default: fatalError("an error that nobody made: \(error)")
      }
      do throws(WebSocketError) {
        try call()
        fatalError("something came after the end, \(error)")
      } catch .notConnected(let status) {
        // behind an error of the peer's the stream's end may have been seen, or not
        if case .notConnected = error { return "\(error), then \(status.map { "\($0)" } ?? "no status")" }
        require(status == nil || status?.code == .abnormal, "\(error), then \(status!)")
        return "\(error)"
      } catch let later {
        fatalError("after \(error) comes \(later)")
      }
    }
  }
  fatalError("it does not end")
}

/// The frames that the peer got; they keep all the rules.
private func sentFrames(_ bytes: [UInt8], masked: Bool) -> [Item] {
  do throws(ProtocolViolation) {
    let (frames, rest) = try parseFrames(bytes)
    require(rest == 0, "half a frame was sent: \(bytes.suffix(rest))")
    return frames.map { frame in
      require(frame.isMasked == masked, "mask of \(frame)")
      require(frame.isFinal && frame.reservedBits == 0 && frame.opcode.isControl, "\(frame) was sent")
      return Item(type: MessageType(rawValue: UInt32(frame.opcode.rawValue)), payload: frame.payload)
    }
  } catch {
    fatalError("\(error) was sent")
  }
}

// MARK: the socket below

/// A descriptor whose peer answers a client's handshake, sends a stream in pieces and ends it, and takes all that is
/// sent to it.
private final class PeerSocket: SocketOperations, @unchecked Sendable {  // one thread has it
  let readableNumber: CInt
  var writableNumber: CInt { readableNumber }
  private let blocks: Bool
  private let compression: PerMessageDeflateParameters?
  /// A client's handshake is to come.
  private var awaitsRequest: Bool
  private(set) var sent: [UInt8] = []
  private var incoming: [UInt8]
  private var delivered = 0
  /// Where the pieces that have not come yet end.
  private var ends: ArraySlice<Int>
  /// How far the stream has come.
  private var arrived = 0

  static func make(
    _ stream: [UInt8], _ pieces: [Range<Int>], _ setting: Setting
  ) throws(Errno) -> (descriptor: SocketDescriptor, socket: PeerSocket) {
    let number = try SocketDescriptor.open(.unix).rawValue
    let socket = PeerSocket(number, stream, pieces, setting)
    return (SocketDescriptor.register(socket, number: number), socket)
  }

  private init(_ number: CInt, _ stream: [UInt8], _ pieces: [Range<Int>], _ setting: Setting) {
    readableNumber = number
    incoming = stream
    ends = pieces.map { $0.upperBound }[...]
    blocks = setting.blocks
    compression = setting.compression
    awaitsRequest = setting.role == .client
  }

  func send(_ payload: Payload, flags: MessageFlags, wait: Wait) throws(Errno) -> Int {
    let before = sent.count
    sent += payload.first.array + payload.second.array + payload.third.array
    defer { if awaitsRequest { answerRequest() } }
    return sent.count - before
  }

  /// The first frames come right behind the response.
  private func answerRequest() {
    guard let request = try? ServerHandshake(request: sent) else { return }
    awaitsRequest = false
    sent = []
    let answer = compression.map {
      "permessage-deflate"
        + ($0.serverNoContextTakeover ? "; server_no_context_takeover; client_no_context_takeover" : "")
    }
    let response = request.response(
      subprotocol: nil, extensions: answer.map { Array($0.utf8) })
    incoming = response + incoming
    ends = ends.isEmpty ? [response.count] : ends.map { $0 + response.count }[...]
  }

  func receive(into output: inout OutputRawSpan, flags: MessageFlags, wait: Wait) throws(Errno) -> ReceivedMetadata {
    while delivered == arrived, let end = ends.popFirst() {
      arrived = end
      if !blocks { throw .wouldBlock }
    }
    let count = min(arrived - delivered, output.freeCapacity)
    for byte in incoming[delivered..<(delivered + count)] { output.append(byte) }
    delivered += count
    return ReceivedMetadata(count: count)
  }

  func wait(for events: PollEvents, _ wait: Wait) throws(Errno) -> PollEvents { events }

  func setNonBlocking(_ isOn: Bool) throws(Errno) {}
  func isNonBlocking() throws(Errno) -> Bool { false }

  func close() throws(Errno) {
    SocketDescriptor.unregister(number: readableNumber)
    try SocketDescriptor(rawValue: readableNumber).close()
  }
}

extension RawSpan {
  fileprivate var array: [UInt8] { (0..<byteCount).map { unsafeLoad(fromByteOffset: $0, as: UInt8.self) } }
}

/// The number that the next descriptor will have.
private func lowestFreeDescriptor() -> CInt {
  let number = dup(0)
  Glibc.close(number)
  return number
}
