import SystemPackage
import Testing
import WebSocketProtocol
import Westwind
import WestwindSockets
import WestwindTestPeer
import WestwindTestSupport

/// `SocketDescriptor.poll` says readable for what a program can receive, and for nothing else.
struct ApplicationDataTests {
  private static let short = Timeout.milliseconds(50)

  @Test(arguments: Role.both, WebSocketEnd.Below.allCases)
  func `a PING that is answered and half a frame are nothing for the program`(
    _ role: Role, _ below: WebSocketEnd.Below
  ) throws {
    let end = try WebSocketEnd(role, below: below)
    defer { end.close() }
    try end.peer.send(end.frame(.ping, [1, 2]))
    #expect(try end.ws.descriptor.poll(for: .readable, timeout: Self.short) == [])
    // It has been answered by then.
    #expect(try end.peer.poll(for: .readable, timeout: .seconds(20)) == .readable)
    try end.peer.send(end.frame(.pong, [3]))
    let frame = end.frame(.binary, [4, 5, 6])
    try end.peer.send(Array(frame.prefix(1)))
    #expect(try end.ws.descriptor.poll(for: .readable, timeout: Self.short) == [])
    try end.peer.send(Array(frame.dropFirst(1)))
    #expect(try end.ws.descriptor.poll(for: .readable, timeout: .seconds(20)) == .readable)
    #expect(try end.ws.receive(timeout: .immediate) == [4, 5, 6])
    #expect(try end.ws.descriptor.poll(for: .readable, timeout: .immediate) == [])
  }

  @Test(arguments: WebSocketEnd.Below.allCases)
  func `the end of the stream, and a peer that breaks the protocol, are told`(_ below: WebSocketEnd.Below) throws {
    let ended = try WebSocketEnd(.client, below: below)
    defer { ended.close() }
    ended.hangUp()
    #expect(try ended.ws.descriptor.poll(for: .readable, timeout: .seconds(20)) == .readable)
    #expect(throws: WebSocketError.self) {
      // Of TCP and TLS it is an orderly end, before which CLOSE has come.
      for _ in 0..<3 { _ = try ended.ws.receive(timeout: .seconds(20)) }
    }
    let broken = try WebSocketEnd(.client, below: below)
    defer { broken.close() }
    try broken.peer.send([0xF0, 0])
    #expect(try broken.ws.descriptor.poll(for: .readable, timeout: .seconds(20)) == .readable)
    let error = #expect(throws: WebSocketError.self) { try broken.ws.receive(timeout: .immediate) }
    guard case .protocolViolation(.reservedBits)? = error else { return #expect(Bool(false), "\(error as Any)") }
  }

  /// BACnet/SC and OCPP poll the socket below, and take one frame a poll.
  @Test(arguments: WebSocketEnd.Below.allCases)
  func `the socket below polls readable while the WebSocket holds its data`(_ below: WebSocketEnd.Below) throws {
    let end = try WebSocketEnd(.client, below: below)
    defer { end.close() }
    let socket = try #require(end.ws.socketBelow)
    let count: UInt8 = 20
    try end.peer.send((0..<count).flatMap { end.frame(.binary, [$0]) })
    for i in 0..<count {
      #expect(try socket.poll(for: .readable, timeout: .seconds(20)) == .readable)
      #expect(try end.ws.receive(timeout: .immediate) == [i])
    }
    #expect(try socket.poll(for: .readable, timeout: .immediate) == [])
    // What is the WebSocket's alone is nothing there either, and both are told of the end.
    try end.peer.send(end.frame(.ping))
    var entries = [PollEntry(socket, [.readable, .writable]), PollEntry(end.ws.descriptor, .readable)]
    #expect(try SocketDescriptor.poll(&entries, timeout: Self.short) == 1)
    #expect(entries.map { $0.returned } == [.writable, []])
    end.hangUp()
    entries = [PollEntry(socket, .readable), PollEntry(end.ws.descriptor, .readable)]
    while try SocketDescriptor.poll(&entries, timeout: .seconds(20)) < 2 {}
    #expect(entries.allSatisfy { $0.returned.contains(.readable) })
  }

  @Test func `a poll sends the PING that is due, and says when no PONG comes`() throws {
    var options = WebSocketOptions()
    options.ping = .ping(interval: .milliseconds(30), timeout: .milliseconds(200))
    let end = try WebSocketEnd(.client, options: options)
    defer { end.close() }
    #expect(try end.ws.descriptor.poll(for: .readable, timeout: .seconds(20)) == .readable)
    let error = #expect(throws: WebSocketError.self) { try end.ws.receive(timeout: .immediate) }
    guard case .keepAliveExpired? = error else { return #expect(Bool(false), "\(error as Any)") }
  }

  @Test func `when the WebSocket is gone the socket is polled for itself`() throws {
    let end = try WebSocketEnd(.client)
    defer { end.close() }
    let socket = try #require(end.ws.socketBelow)
    try end.peer.send(end.frame(.binary, [1]).dropLast() + [])
    #expect(try socket.poll(for: .readable, timeout: Self.short) == [])
    try end.disconnect(timeout: .immediate)
    try end.peer.send([7])
    #expect(try socket.poll(for: .readable, timeout: .seconds(20)) == .readable)
  }
}
