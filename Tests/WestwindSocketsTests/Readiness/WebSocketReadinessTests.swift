import SystemPackage
import Testing
import WebSocketProtocol
import Westwind
import WestwindSockets
import WestwindTestPeer
import WestwindTestSupport

/// A ws descriptor's number is readable exactly when `recvMsg` has something to say (field defect 3).
struct WebSocketReadinessTests {
  /// Every combination of role, what lies below, and way of watching.
  struct Setting: Sendable, CustomTestStringConvertible {
    let role: Role
    let below: WebSocketEnd.Below
    let watcher: Watcher

    static let all = Role.both.flatMap { role in
      WebSocketEnd.Below.allCases.flatMap { below in
        Watcher.allCases.map { Setting(role: role, below: below, watcher: $0) }
      }
    }

    var testDescription: String { "\(role), \(below.rawValue), \(watcher.rawValue)" }

    func lend(
      options: WebSocketOptions = WebSocketOptions(), _ body: (WebSocketEnd, _ isReadable: Readable) throws -> Void
    ) throws {
      let end = try WebSocketEnd(role, below: below, options: options)
      defer { end.close() }
      try body(end, Readable(watcher: watcher, descriptor: end.ws.descriptor))
    }
  }

  struct Readable {
    let watcher: Watcher
    let descriptor: SocketDescriptor

    /// Now, or within far more time than it takes.
    func soon() throws -> Bool { try watcher.sees(descriptor) }
    func now() throws -> Bool { try watcher.seesNow(descriptor) }

    /// Whether bytes that are nothing for the program are found as the watcher should: the kernel sees that they have come,
    /// and the layer's own poll takes them in.
    func seesOnlyBytes() throws -> Bool {
      guard watcher == .layer else { return try soon() }
      return try Watcher.poll.sees(descriptor) && !now()
    }
  }

  @Test(arguments: Setting.all)
  func `nothing is nothing`(_ setting: Setting) throws {
    try setting.lend { (end, isReadable) throws in
      #expect(try !isReadable.now())
      try end.ws.sendMsg([1])
      #expect(try !isReadable.now())
      #expect(throws: WebSocketError.self) { try end.ws.receive(timeout: .immediate) }
      #expect(try !isReadable.now())
    }
  }

  @Test(arguments: Setting.all)
  func `a frame in the socket`(_ setting: Setting) throws {
    try setting.lend { (end, isReadable) throws in
      for i in 0..<3 as Range<UInt8> {
        try end.peer.send(end.frame(.binary, [i]))
        #expect(try isReadable.soon())
        #expect(try end.ws.receive() == [i])
        #expect(try !isReadable.now())
      }
    }
  }

  @Test(arguments: Setting.all)
  func `a frame in our buffer, the socket being empty`(_ setting: Setting) throws {
    try setting.lend { (end, isReadable) throws in
      for count in 2...4 as ClosedRange<UInt8> {
        try end.peer.send((0..<count).flatMap { end.frame(.binary, [$0]) })
        for i in 0..<count {
          #expect(try isReadable.soon())
          #expect(try end.ws.receive(timeout: i == 0 ? .seconds(20) : .immediate) == [i])
        }
        #expect(try !isReadable.now())
      }
    }
  }

  // Over TLS all of them are one record, of which our buffer holds half a frame: the rest waits inside OpenSSL.
  @Test(arguments: Setting.all)
  func `frames that our buffer is too small for`(_ setting: Setting) throws {
    var options = WebSocketOptions()
    options.receiveBufferSize = 64
    try setting.lend(options: options) { (end, isReadable) throws in
      let payloads = (0..<4).map { pattern(size: 130, seed: $0) }
      try end.peer.send(payloads.flatMap { end.frame(.binary, $0) })
      #expect(try isReadable.soon())
      for payload in payloads {
        var received: [UInt8] = []
        while received.count < payload.count {
          #expect(try isReadable.now())
          received += try end.ws.recvMsg(maxCount: 50, timeout: .seconds(20)).payload
        }
        #expect(difference(received, payload) == nil)
      }
      #expect(try !isReadable.now())
    }
  }

  @Test(arguments: Setting.all)
  func `a frame in our buffer and one in the socket`(_ setting: Setting) throws {
    try setting.lend { (end, isReadable) throws in
      try end.peer.send(end.frame(.binary, [1]) + end.frame(.binary, [2]))
      #expect(try end.ws.receive() == [1])
      try end.peer.send(end.frame(.binary, [3]))
      for i in 2...3 as ClosedRange<UInt8> {
        #expect(try isReadable.soon())
        #expect(try end.ws.receive() == [i])
      }
      #expect(try !isReadable.now())
    }
  }

  @Test(arguments: Setting.all)
  func `half a header, once it has been taken, is nothing`(_ setting: Setting) throws {
    try setting.lend { (end, isReadable) throws in
      let frame = end.frame(.binary, pattern(size: 300, seed: 17))
      let header = frame.count - 300
      for cut in 1...header {
        try end.peer.send(Array(frame[..<cut]))
        #expect(try isReadable.seesOnlyBytes())
        #expect(throws: WebSocketError.self) { try end.ws.receive(timeout: .immediate) }
        #expect(try !isReadable.now())
        try end.peer.send(Array(frame[cut...]))
        #expect(try isReadable.soon())
        #expect(try end.ws.receive() == frame[header...] + [])
        #expect(try !isReadable.now())
      }
    }
  }

  @Test(arguments: Setting.all)
  func `half a header behind a frame is nothing`(_ setting: Setting) throws {
    try setting.lend { (end, isReadable) throws in
      let next = end.frame(.binary, [2])
      try end.peer.send(end.frame(.binary, [1]) + next[..<1])
      #expect(try end.ws.receive() == [1])
      #expect(try !isReadable.now())
      try end.peer.send(Array(next[1...]))
      #expect(try isReadable.soon())
      #expect(try end.ws.receive() == [2])
      #expect(try !isReadable.now())
    }
  }

  @Test(arguments: Setting.all)
  func `part of a payload is something until it is taken`(_ setting: Setting) throws {
    try setting.lend { (end, isReadable) throws in
      let frame = end.frame(.binary, [1, 2, 3, 4])
      try end.peer.send(frame.dropLast())
      #expect(try isReadable.soon())
      #expect(try end.ws.recvMsg(maxCount: 2, timeout: .seconds(20)).payload == [1, 2])
      #expect(try isReadable.soon())
      #expect(try end.ws.recvMsg(maxCount: 2, timeout: .immediate).payload == [3])
      #expect(try !isReadable.now())
      try end.peer.send([4])
      #expect(try isReadable.soon())
      #expect(try end.ws.receive() == [4])
      #expect(try !isReadable.now())
    }
  }

  @Test(arguments: Setting.all)
  func `an empty frame is something, once`(_ setting: Setting) throws {
    try setting.lend { (end, isReadable) throws in
      try end.peer.send(end.frame(.binary, [1]) + end.frame(.binary) + end.frame(.text))
      #expect(try end.ws.receive() == [1])
      for _ in 0..<2 {
        #expect(try isReadable.soon())
        #expect(try end.ws.receive(timeout: .immediate) == [])
      }
      #expect(try !isReadable.now())
    }
  }

  @Test(arguments: Setting.all)
  func `a lone ping is answered and leaves nothing`(_ setting: Setting) throws {
    try setting.lend { (end, isReadable) throws in
      for _ in 0..<2 {
        try end.peer.send(end.frame(.ping, [7]))
        #expect(try isReadable.seesOnlyBytes())
        #expect(throws: WebSocketError.self) { try end.ws.receive(timeout: .immediate) }
        #expect(try !isReadable.now())
        let pong = try end.peer.receiveAll(setting.role == .client ? 7 : 3)
        #expect(pong[0] == 0x8A)
      }
    }
  }

  @Test(arguments: Setting.all)
  func `a ping behind a frame is answered and leaves nothing`(_ setting: Setting) throws {
    try setting.lend { (end, isReadable) throws in
      try end.peer.send(end.frame(.binary, [1]) + end.frame(.ping, [7]))
      #expect(try end.ws.receive() == [1])
      #expect(try !isReadable.now())
      #expect(try end.peer.receiveAll(1) == [0x8A])
    }
  }

  @Test(arguments: Setting.all)
  func `a ping that the caller is to have is something until it is taken`(_ setting: Setting) throws {
    var options = WebSocketOptions()
    options.controlFrames = .manual
    try setting.lend(options: options) { (end, isReadable) throws in
      try end.peer.send(end.frame(.ping, [7]) + end.frame(.pong))
      #expect(try isReadable.soon())
      #expect(try end.ws.recvMsg(maxCount: 10, timeout: .seconds(20)).message.isPing)
      #expect(try isReadable.soon())
      #expect(try end.ws.recvMsg(maxCount: 10, timeout: .immediate).message.isPong)
      #expect(try !isReadable.now())
    }
  }

  @Test(arguments: Setting.all)
  func `CLOSE is something, and so is the end behind it`(_ setting: Setting) throws {
    try setting.lend { (end, isReadable) throws in
      try end.peer.send(end.frame(.binary, [1]) + end.frame(.close, [3, 232]))
      #expect(try isReadable.soon())
      #expect(try end.ws.receive() == [1])
      #expect(try isReadable.soon())
      #expect(try end.ws.recvMsg(maxCount: 10, timeout: .immediate).message.isClose)
      // The peer's socket is open still; the end is the WebSocket's.
      #expect(try isReadable.soon())
      #expect(throws: WebSocketError.self) { try end.ws.receive() }
      #expect(try isReadable.soon())
    }
  }

  @Test(arguments: Setting.all)
  func `a lone CLOSE in the socket`(_ setting: Setting) throws {
    try setting.lend { (end, isReadable) throws in
      try end.peer.send(end.frame(.close))
      #expect(try isReadable.soon())
      #expect(try end.ws.recvMsg(maxCount: 10, timeout: .seconds(20)).message.isClose)
      #expect(try isReadable.soon())
    }
  }

  @Test(arguments: Setting.all)
  func `the end of the stream is something, and stays`(_ setting: Setting) throws {
    try setting.lend { (end, isReadable) throws in
      try end.peer.send(end.frame(.binary, [1]))
      end.hangUp()
      #expect(try isReadable.soon())
      #expect(try end.ws.receive() == [1])
      for _ in 0..<2 {
        #expect(try isReadable.soon())
        // The peer's descriptor said CLOSE before it went, or nothing.
        _ = try? end.ws.receive()
      }
      #expect(try isReadable.soon())
    }
  }

  @Test(arguments: Setting.all)
  func `a broken frame behind a good one is something`(_ setting: Setting) throws {
    try setting.lend { (end, isReadable) throws in
      try end.peer.send(end.frame(.binary, [1]) + end.frame(Opcode(rawValue: 3), [2]))
      #expect(try end.ws.receive() == [1])
      #expect(try isReadable.soon())
      #expect(throws: WebSocketError.self) { try end.ws.receive(timeout: .immediate) }
      #expect(try isReadable.soon())
    }
  }

  @Test(arguments: Setting.all)
  func `a frame of ours that was cut off is the end, and that is something`(_ setting: Setting) throws {
    try setting.lend { (end, isReadable) throws in
      let payload = pattern(size: 20_000_000, seed: 21)
      #expect(throws: WebSocketError.self) { try end.ws.sendMsg(payload, timeout: .milliseconds(100)) }
      #expect(try isReadable.soon())
      #expect(throws: WebSocketError.self) { try end.ws.receive(timeout: .immediate) }
      #expect(try isReadable.soon())
    }
  }

  @Test(arguments: Setting.all)
  func `the read direction, once it is ended, is readable for good`(_ setting: Setting) throws {
    try setting.lend { (end, isReadable) throws in
      try end.peer.send(end.frame(.binary, [1]) + end.frame(.binary, [2]))
      #expect(try end.ws.receive() == [1])
      try end.ws.descriptor.shutdown(.read)
      for _ in 0..<3 {
        #expect(try isReadable.soon())
        _ = try? end.ws.receive(timeout: .seconds(20))
      }
      #expect(try isReadable.soon())
    }
  }

  @Test(arguments: Setting.all)
  func `socket calls leave it as recvMsg does`(_ setting: Setting) throws {
    try setting.lend { (end, isReadable) throws in
      try end.peer.send(end.frame(.binary, [1, 2]) + end.frame(.ping) + end.frame(.binary) + end.frame(.binary, [3]))
      #expect(try end.ws.descriptor.recv(maxCount: 10, flags: .peek, timeout: .seconds(20)) == [1, 2])
      #expect(try isReadable.soon())
      #expect(try end.ws.descriptor.recv(maxCount: 1) == [1])
      #expect(try isReadable.soon())
      #expect(try end.ws.descriptor.recv(maxCount: 10) == [2])
      #expect(try isReadable.soon())
      #expect(try end.ws.descriptor.recv(maxCount: 10, flags: .dontWait) == [3])
      #expect(try !isReadable.now())
    }
  }

  @Test(arguments: Watcher.allCases)
  func `what came behind the handshake is something from the beginning`(_ watcher: Watcher) throws {
    let (tcp, peer) = try tcpPair()
    let ws = try websocketRegister(tcp, received: [0x82, 0x81, 0, 0, 0, 0, 7])
    defer { for descriptor in [ws.descriptor, tcp, peer] { try? descriptor.close() } }
    #expect(try watcher.sees(ws.descriptor))
    #expect(try ws.receive(timeout: .immediate) == [7])
    #expect(try !watcher.seesNow(ws.descriptor))
  }
}
