import SystemPackage
import Testing
import Westwind
import WestwindSockets
import WestwindTestSupport

/// Numbers that nobody can mean. None traps; those that cannot be used are the caller's mistake, before anything is sent.
struct AbsurdValueTests {
  struct Mistake: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var expected: WebSocketError.InvalidArgument
    var make: @Sendable (inout WebSocketOptions) -> Void

    init(
      _ testDescription: String, _ expected: WebSocketError.InvalidArgument,
      _ make: @escaping @Sendable (inout WebSocketOptions) -> Void
    ) {
      self.testDescription = testDescription
      self.expected = expected
      self.make = make
    }
  }

  static let gibibyte = 1 << 30
  static let mistakes = [
    Mistake("transmitBufferSize .max", .outOfRange("transmitBufferSize", minimum: 256, maximum: gibibyte)) {
      $0.transmitBufferSize = .max
    },
    Mistake("transmitBufferSize over 1 GiB", .outOfRange("transmitBufferSize", minimum: 256, maximum: gibibyte)) {
      $0.transmitBufferSize = (1 << 30) + 1
    },
    Mistake("transmitBufferSize -1", .bufferTooSmall(minimum: 256)) { $0.transmitBufferSize = -1 },
    Mistake("receiveBufferSize .max", .outOfRange("receiveBufferSize", minimum: 64, maximum: gibibyte)) {
      $0.receiveBufferSize = .max
    },
    Mistake("receiveBufferSize .min", .bufferTooSmall(minimum: 64)) { $0.receiveBufferSize = .min },
    Mistake("maxMessageSize .min", .outOfRange("maxMessageSize", minimum: 0, maximum: .max)) {
      $0.maxMessageSize = .min
    },
    Mistake("maxErrorBodySize -1", .outOfRange("maxErrorBodySize", minimum: 0, maximum: .max)) {
      $0.maxErrorBodySize = -1
    },
    Mistake("maxResponseHeadSize .min", .outOfRange("maxResponseHeadSize", minimum: 1, maximum: .max)) {
      $0.maxResponseHeadSize = .min
    },
    Mistake("maxResponseHeadSize 0", .outOfRange("maxResponseHeadSize", minimum: 1, maximum: .max)) {
      $0.maxResponseHeadSize = 0
    },
    Mistake("maxContexts .min", .outOfRange("maxContexts", minimum: 0, maximum: .max)) { $0.maxContexts = .min },
    Mistake("ping.interval 0", .durationNotPositive("ping.interval")) {
      $0.ping = .ping(interval: .zero, timeout: .seconds(1))
    },
    Mistake("ping.interval negative", .durationNotPositive("ping.interval")) {
      $0.ping = .ping(interval: .seconds(-5), timeout: .seconds(1))
    },
    Mistake("ping.timeout 0", .durationNotPositive("ping.timeout")) {
      $0.ping = .ping(interval: .seconds(1), timeout: .zero)
    },
  ]

  @Test(arguments: mistakes)
  func `an option that cannot be used is refused by every call that takes options, and nothing is sent`(
    mistake: Mistake
  ) throws {
    let (socket, peer) = try Wire.tcp.open()
    defer { peer.close() }
    var request = WebSocketRequest(host: "localhost", url: "/")
    mistake.make(&request.options)
    let byURL = WebSocketRequest.with { $0.options = request.options }
    for error in [
      failure { try websocketConnect(socket, request, timeout: patience) },
      failure { _ = try websocketConnect(url: "ws://127.0.0.1:1/", request: byURL, timeout: patience) },
      failure { try websocketRegister(socket, options: request.options) },
      failure { try websocketUpgrade(socket, options: request.options, timeout: patience) },
    ] {
      #expect(error == .invalidArgument(mistake.expected))
      #expect(error?.errno == .invalidArgument)
    }
    try socket.close()
    #expect(try peer.readToEnd() == [])
  }

  @Test(
    arguments: [
      { $0.maxErrorBodySize = .max }, { $0.maxResponseHeadSize = .max }, { $0.maxMessageSize = .max },
      { $0.maxContexts = .max }, { $0.ping = .ping(interval: .seconds(Int64.max), timeout: .seconds(Int64.max)) },
      { $0.receiveBufferSize = 1 << 30 }, { $0.transmitBufferSize = 1 << 30 },
      {
        $0.compression = .with {
          $0.compressionLevel = 99; $0.memoryLevel = 99; $0.minimumSize = .min
        }
      },
      {
        $0.compression = .with {
          $0.compressionLevel = -99; $0.memoryLevel = -1; $0.serverMaxWindowBits = .max
        }
      },
    ] as [@Sendable (inout WebSocketOptions) -> Void])
  func `an option that is as large as can be is taken`(change: @Sendable (inout WebSocketOptions) -> Void) throws {
    try withSession(.server, options: options(change)) { session in
      try session.ws.sendMsg("x")
      #expect(try session.peer.readFrame().payload.text == "x")
      try session.write(Frame(.text, "y".bytes))
      #expect(try session.ws.receiveMessage(timeout: patience).text == "y")
    }
  }

  @Test func `parameters that nobody can mean do not trap`() throws {
    try withSession { session in
      try session.write(
        Frame(.text, "a".bytes), Frame(.text, "b".bytes), Frame(.text, "c".bytes), Frame(.text, "d".bytes))
      #expect(try session.ws.recvMsg(maxCount: .max, timeout: patience).payload.text == "a")
      #expect(try session.ws.recvMsg(maxCount: 1 << 40, timeout: .seconds(.max)).payload.text == "b")
      #expect(try session.ws.descriptor.recv(maxCount: .max, timeout: patience).text == "c")
      for count in [0, -1, Int.min] {
        #expect(
          failure { try session.ws.recvMsg(maxCount: count, timeout: patience) } == .invalidArgument(.emptyBuffer))
      }
      #expect(
        failure { try session.ws.receiveMessage(maxSize: -1, timeout: patience) }
          == .invalidArgument(.outOfRange("maxSize", minimum: 0, maximum: .max)))
      // Nothing was lost by all that.
      #expect(try session.ws.receiveMessage(maxSize: .max, timeout: .seconds(.max)).text == "d")
      #expect(failure { try session.ws.receiveMessage(timeout: .milliseconds(.min)) } == .wouldBlock)
    }
  }

  @Test(arguments: [-1, .min, .max] as [CInt]) func `a descriptor that nobody has is EBADF`(number: CInt) {
    let socket = SocketDescriptor(rawValue: number)
    #expect(failure { try websocketConnect(socket, WebSocketRequest(host: "h", url: "/")) } == .badDescriptor)
    #expect(failure { try websocketRegister(socket) } == .badDescriptor)
    #expect(failure { try websocketUpgrade(socket) } == .badDescriptor)
    #expect(failure { try WebSocketDescriptor(rawValue: number).recvMsg(maxCount: 1) } == .badDescriptor)
    #expect(throws: Errno.badFileDescriptor) { try socket.recv(maxCount: 1) }
    #expect(throws: Errno.badFileDescriptor) { try socket.close() }
    #expect(throws: TLSError.self) { try tlsConnect(socket, TLSOptions(hostName: "h")) }
  }
}

extension WebSocketRequest {
  fileprivate static func with(_ change: (inout WebSocketRequest) -> Void) -> WebSocketRequest {
    var request = WebSocketRequest()
    change(&request)
    return request
  }
}

extension PerMessageDeflateOptions {
  fileprivate static func with(_ change: (inout PerMessageDeflateOptions) -> Void) -> PerMessageDeflateOptions {
    var options = PerMessageDeflateOptions()
    change(&options)
    return options
  }
}
