import Glibc
import SystemPackage
import Testing
import Westwind
import WestwindSockets
import WestwindTestPeer
import WestwindTestSupport
import WestwindTesting

struct OptionTests {
  private static let noDelay = (level: CInt(IPPROTO_TCP), name: TCP_NODELAY)

  @Test func `an option is what it was set to`() throws {
    try withStream(.tcp) { a, _ in
      for value in [1, 0, 1] as [CInt] {
        try a.setsockopt(level: Self.noDelay.level, name: Self.noDelay.name, value: value)
        #expect(try (a.getsockopt(level: Self.noDelay.level, name: Self.noDelay.name) != 0) == (value != 0))
      }
      try a.setsockopt(level: SOL_SOCKET, name: SO_KEEPALIVE, value: 1)
      #expect(try a.getsockopt(level: SOL_SOCKET, name: SO_KEEPALIVE) == 1)
    }
  }

  @Test func `an option with a value of its own kind is taken as bytes`() throws {
    try withStream(.tcp) { a, _ in
      try a.setTimeOption(SO_RCVTIMEO, milliseconds: 20)
      #expect(throws: Errno.wouldBlock) { try a.recv(maxCount: 1) }
      #expect(throws: Errno.invalidArgument) {
        try a.setsockopt(level: SOL_SOCKET, name: SO_RCVTIMEO, value: RawSpan())
      }
    }
  }

  @Test func `an option that is not there is an error`() throws {
    try withStream(.tcp) { a, _ in
      #expect(throws: Errno.protocolNotAvailable) { try a.setsockopt(level: SOL_SOCKET, name: 9999, value: 1) }
      #expect(throws: Errno.protocolNotAvailable) { try a.getsockopt(level: SOL_SOCKET, name: 9999) }
    }
    try withStream(.memory) { a, _ in
      #expect(throws: Errno.protocolNotAvailable) { try a.setsockopt(level: SOL_SOCKET, name: SO_KEEPALIVE, value: 1) }
      #expect(throws: Errno.protocolNotAvailable) { try a.getsockopt(level: SOL_SOCKET, name: SO_KEEPALIVE) }
    }
  }

  @Test func `layered descriptors pass on what is not theirs`() throws {
    let (tcp, peer) = try tcpPair()
    let scripted = try ScriptedSocket.make(over: tcp, script: .init()).descriptor
    let (ws, other) = try webSocketPair(client: scripted, server: peer)
    defer { for descriptor in [ws.descriptor, other.descriptor, scripted, tcp, peer] { try? descriptor.close() } }
    for value in [1, 0, 1] as [CInt] {
      try ws.descriptor.setsockopt(level: Self.noDelay.level, name: Self.noDelay.name, value: value)
      for descriptor in [ws.descriptor, scripted, tcp] {
        #expect(try (descriptor.getsockopt(level: Self.noDelay.level, name: Self.noDelay.name) != 0) == (value != 0))
      }
    }
    #expect(throws: Errno.protocolNotAvailable) { try ws.descriptor.getsockopt(level: SOL_SOCKET, name: 9999) }
  }

  @Test func `a ws descriptor has options of its own`() throws {
    let end = try WebSocketEnd(.server)
    defer { end.close() }
    let level = WebSocketSocketOption.level
    let settings: [(WebSocketSocketOption, CInt)] = [(.sendOpcode, 1), (.automaticControlFrames, 0), (.strict, 1)]
    for (option, value) in settings {
      try end.ws.descriptor.setsockopt(level: level, name: option.rawValue, value: value)
      #expect(try end.ws.descriptor.getsockopt(level: level, name: option.rawValue) == value)
    }
    #expect(throws: Errno.invalidArgument) {
      try end.ws.descriptor.setsockopt(level: level, name: WebSocketSocketOption.sendOpcode.rawValue, value: 9)
    }
    #expect(throws: Errno.invalidArgument) {
      try end.ws.descriptor.setsockopt(
        level: level, name: WebSocketSocketOption.sendOpcode.rawValue, value: RawSpan())
    }
    #expect(throws: Errno.protocolNotAvailable) { try end.ws.descriptor.setsockopt(level: level, name: 99, value: 1) }
    #expect(throws: Errno.protocolNotAvailable) { try end.ws.descriptor.getsockopt(level: level, name: 99) }
  }

  @Test(arguments: Stream.Kind.allCases)
  func `non-blocking mode is switched on and off`(_ kind: Stream.Kind) throws {
    try withStream(kind) { a, b in
      for isOn in [true, true, false] {
        try a.setNonBlocking(isOn)
        #expect(try a.isNonBlocking() == isOn)
        #expect(try !b.isNonBlocking())
      }
    }
  }

  @Test func `non-blocking mode of a ws descriptor leaves the socket below as it is`() throws {
    let (client, server) = try tcpPair()
    let (ws, other) = try webSocketPair(client: client, server: server)
    defer { for descriptor in [ws.descriptor, other.descriptor, client, server] { try? descriptor.close() } }
    try ws.descriptor.setNonBlocking(true)
    #expect(throws: Errno.wouldBlock) { try ws.descriptor.recv(maxCount: 1) }
    #expect(try !client.isNonBlocking())
  }

  @Test func `a number that is not open has no options`() {
    let nothing = SocketDescriptor(rawValue: .max)
    #expect(!nothing.isOpen)
    #expect(throws: Errno.badFileDescriptor) { try nothing.getsockopt(level: SOL_SOCKET, name: SO_ERROR) }
    #expect(throws: Errno.badFileDescriptor) { try nothing.setsockopt(level: SOL_SOCKET, name: SO_KEEPALIVE, value: 1) }
    #expect(throws: Errno.badFileDescriptor) { try nothing.isNonBlocking() }
    #expect(throws: Errno.badFileDescriptor) { try nothing.setNonBlocking(true) }
  }
}
