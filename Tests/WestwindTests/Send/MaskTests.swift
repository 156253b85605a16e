import Glibc
import SystemPackage
import Testing
import WebSocketProtocol
import Westwind
import WestwindSockets

/// A client masks every frame, a server none.
struct MaskTests {
  /// Everything that one end can be brought to send, until it has sent CLOSE.
  func everyKind(_ session: Session) throws -> [Frame] {
    let ws = session.ws
    try ws.sendMsg("text")
    try ws.sendMsg([1, 2], opcode: .binary, final: false)
    try ws.sendMsg([3], opcode: .continuation)
    try ws.sendMsg([], opcode: .binary)
    try ws.sendMsg([4], opcode: .ping)
    try ws.sendMsg([5], opcode: .pong)
    try ws.sendMsg("held", flags: .more)
    try ws.descriptor.send("plain".bytes)
    try session.deliver(Frame(.ping, [6]))
    #expect(failure { try ws.recvMsg(maxCount: 10, timeout: .milliseconds(20)) } == .wouldBlock)
    // A large one, which a server sends without copying it.
    try ws.sendMsg([UInt8](repeating: 7, count: 100_000), timeout: patience)
    return try session.peer.readFrames(10)
  }

  @Test(arguments: Role.all, Wire.allCases)
  func `Field defect 9: every frame of a client has a mask, control frames too, and none of a server's`(
    role: Role, wire: Wire
  ) throws {
    try withSession(role, over: wire) { session in
      let frames = try everyKind(session)
      #expect(
        frames.map { $0.opcode } == [
          .text, .binary, .continuation, .binary, .ping, .pong, .text, .text, .pong, .binary,
        ])
      for frame in frames { #expect(frame.isMasked == (role == .client), "\(frame.opcode)") }
    }
  }

  @Test(
    arguments: Role.all,
    [
      // What makes a CLOSE frame leave.
      "answer", "violation", "too big", "shutdown", "disconnect", "close", "sendMsg",
    ])
  func `Field defect 9: every CLOSE frame of a client has a mask, and none of a server's`(role: Role, cause: String)
    throws
  {
    try withSession(role) { session in
      switch cause {
      case "answer":
        try session.write(Frame(closing: 1000))
        _ = try session.ws.recvMsg(maxCount: 10, timeout: patience)
      case "violation":
        try session.write(Frame(.continuation))
        _ = failure { try session.ws.recvMsg(maxCount: 10, timeout: patience) }
      case "too big":
        try session.write(Frame(.text, "x".bytes))
        _ = failure { try session.ws.receiveMessage(maxSize: 0, timeout: patience) }
      case "shutdown": try session.ws.descriptor.shutdown(.write)
      case "disconnect": try session.disconnect(code: .goingAway, timeout: .immediate)
      case "close": try session.closeWebSocket()
      default: try session.ws.sendMsg([], opcode: .close)
      }
      let frame = try session.peer.readFrame()
      #expect(frame.opcode == .close)
      #expect(frame.isMasked == (role == .client))
    }
  }

  /// The ways to make a process that is a copy of this one. `_Fork` and `clone` tell no library about it.
  enum Copying: String, CaseIterable, Codable, Sendable {
    case fork
    case _Fork
    case clone

    func callAsFunction() throws -> pid_t {
      guard self == .clone else {
        typealias Fork = @convention(c) () -> pid_t
        return unsafeBitCast(try #require(dlsym(nil, rawValue)), to: Fork.self)()
      }
      typealias SystemCall = @convention(c) (Int, Int, Int, Int, Int, Int) -> Int
      let call = unsafeBitCast(try #require(dlsym(nil, "syscall")), to: SystemCall.self)
      #if arch(arm64)
        return pid_t(call(220, Int(SIGCHLD), 0, 0, 0, 0))
      #else
        return pid_t(call(56, Int(SIGCHLD), 0, 0, 0, 0))
      #endif
    }
  }

  @Test(arguments: Copying.allCases)
  func `a process that is a copy of another does not send its keys`(copying: Copying) async {
    await #expect(processExitsWith: .success) { [copying] in
      try withSession { session in
        try session.ws.sendMsg("x")  // keys are in store now, of the connection and of the process
        let child = try copying()
        if child == 0 {
          for _ in 0..<20 { _ = try? session.ws.sendMsg("child") }
          _exit(0)
        }
        #expect(waitpid(child, nil, 0) == child)
        for _ in 0..<20 { try session.ws.sendMsg("parent") }
        let frames = try session.peer.readFrames(41)
        #expect(
          frames.map { $0.unmasked.payload.text }
            == ["x"] + [String](repeating: "child", count: 20) + [String](repeating: "parent", count: 20))
        // 41 random keys of 32 bits: two are the same once in five million runs.
        #expect(Set(frames.map { $0.key }).count == 41)
      }
    }
  }

  @Test(arguments: Role.all)
  func `a mask that the role does not allow is EINVAL, nothing is sent, and the connection is as it was`(role: Role)
    throws
  {
    try withSession(role) { session in
      for opcode in [.text, .binary, .ping, .close] as [Opcode] {
        let error = failure { try session.ws.sendMsg([], opcode: opcode, mask: role == .server) }
        #expect(error == .invalidArgument(.maskNotForRole))
        #expect(error?.errno == .invalidArgument)
      }
      try session.ws.sendMsg("fine", mask: role == .client)
      let frame = try session.peer.readFrame()
      #expect(frame.payload.text == "fine")
      #expect(frame.isMasked == (role == .client))
    }
  }

  @Test(arguments: Role.all)
  func `with allowUnmasked the mask is the caller's, as in Zephyr`(role: Role) throws {
    try withSession(role, options: options { $0.allowUnmasked = true }) { session in
      try session.ws.sendMsg("a", mask: false)
      try session.ws.sendMsg("b", mask: true)
      try session.ws.sendMsg("c")
      let frames = try session.peer.readFrames(3)
      #expect(frames.map { $0.isMasked } == [false, true, role == .client])
      #expect(frames.map { $0.payload.text } == ["a", "b", "c"])
    }
  }

  @Test(arguments: Role.all)
  func `the option strict looks at the mask again, and answers control frames`(role: Role) throws {
    let zephyr = options {
      $0.allowUnmasked = true
      $0.controlFrames = .manual
    }
    try withSession(role, options: zephyr) { session in
      let (ws, level) = (session.ws.descriptor, WebSocketSocketOption.level)
      #expect(try ws.getsockopt(level: level, name: WebSocketSocketOption.strict.rawValue) == 0)
      try ws.setsockopt(level: level, name: WebSocketSocketOption.strict.rawValue, value: 1)
      #expect(try ws.getsockopt(level: level, name: WebSocketSocketOption.strict.rawValue) == 1)
      #expect(try ws.getsockopt(level: level, name: WebSocketSocketOption.automaticControlFrames.rawValue) == 1)
      let error = failure { try session.ws.sendMsg([], opcode: .text, mask: role == .server) }
      #expect(error == .invalidArgument(.maskNotForRole))
      try ws.setsockopt(level: level, name: WebSocketSocketOption.strict.rawValue, value: 0)
      #expect(try ws.getsockopt(level: level, name: WebSocketSocketOption.automaticControlFrames.rawValue) == 0)
      try session.ws.sendMsg("a", mask: role == .server)
      #expect(try session.peer.readFrame().payload.text == "a")
    }
  }
}
