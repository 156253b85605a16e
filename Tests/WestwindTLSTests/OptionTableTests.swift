import Glibc
import SystemPackage
import Testing
import Westwind
import WestwindSockets
import WestwindTLS
import WestwindTestPeer
import WestwindTestSupport

/// Options act, or are refused: `Docs/OPTIONS.md` says which, and this makes its tables.
@Suite struct OptionTableTests {
  private static let levels = [SOL_SOCKET, CInt(IPPROTO_TCP), CInt(IPPROTO_IP), CInt(IPPROTO_IPV6)]

  @Test func `the tables in Docs are what the descriptors do`() throws {
    let path = packageRoot + "/Docs/OPTIONS.md"
    let text = try text(ofFile: path)
    for table in [try Self.ownTable(), Self.passedTable(), try Self.tlsTable()] {
      #expect(text.contains(table), "Docs/OPTIONS.md has to have this table:\n\(table)")
    }
  }

  /// Each number of the kernel's levels, known or not.
  @Test(arguments: LayerKind.allCases.filter { $0 != .tcp })
  func `every option that a layer takes acts on the socket below, and every other is refused`(
    _ kind: LayerKind
  ) throws {
    let (tcp, peer) = try tcpPair()
    try kind.withPair(over: (tcp, peer)) { a, _ in
      for level in Self.levels {
        for name in 0..<128 as Range<CInt> {
          if level == SOL_SOCKET, name == SO_RCVTIMEO || name == SO_SNDTIMEO { continue }
          let option = PassedOption.all.first { $0.level == level && $0.name == name }
          let place = Comment("level \(level), option \(name)")
          guard let option else {
            #expect(throws: Errno.protocolNotAvailable, place) { try a.option(level, name) }
            #expect(throws: Errno.protocolNotAvailable, place) { try a.setsockopt(level: level, name: name, value: 1) }
            continue
          }
          // What the kernel says of its socket the layer says, too.
          let value = Result { try tcp.option(level, name) }
          if level != CInt(IPPROTO_TCP) || name != TCP_INFO {
            #expect(Result { try a.option(level, name) }.code == value.code, place)
          }
          let bytes = (try? value.get()) ?? [1, 0, 0, 0]
          guard option.isSettable else {
            #expect(throws: Errno.protocolNotAvailable, place) {
              try a.setsockopt(level: level, name: name, value: bytes.span.bytes)
            }
            continue
          }
          let below = Result { try tcp.setsockopt(level: level, name: name, value: bytes.span.bytes) }
          let above = Result { try a.setsockopt(level: level, name: name, value: bytes.span.bytes) }
          #expect(above.code == below.code, place)
        }
      }
      // And acts there.
      try a.setsockopt(level: SOL_SOCKET, name: SO_KEEPALIVE, value: 1)
      #expect(try tcp.getsockopt(level: SOL_SOCKET, name: SO_KEEPALIVE) == 1)
      try a.setsockopt(level: CInt(IPPROTO_TCP), name: TCP_KEEPIDLE, value: 77)
      #expect(try tcp.getsockopt(level: CInt(IPPROTO_TCP), name: TCP_KEEPIDLE) == 77)
    }
  }

  // MARK: The tables

  private static func rows(_ head: [String], _ rows: [[String]]) -> String {
    ([head, head.map { _ in "---" }] + rows).map { "| " + $0.joined(separator: " | ") + " |" }.joined(separator: "\n")
  }

  private static let columns = LayerKind.allCases.map { $0.rawValue }

  /// The options that a descriptor has of its own.
  private static func ownTable() throws -> String {
    let ws = WebSocketSocketOption.level
    let time = [UInt8](repeating: 0, count: MemoryLayout<timeval>.size)
    let options: [(String, CInt, CInt, [UInt8], String)] = [
      ("SO_RCVTIMEO", SOL_SOCKET, SO_RCVTIMEO, time, "how long a receiving call without a timeout waits"),
      ("SO_SNDTIMEO", SOL_SOCKET, SO_SNDTIMEO, time, "how long a sending call without a timeout waits"),
      ("WEBSOCKET_SEND_OPCODE", ws, 1, [2, 0, 0, 0], "the opcode of a plain send"),
      ("WEBSOCKET_AUTOMATIC_CONTROL", ws, 2, [1, 0, 0, 0], "whether PING and CLOSE are answered"),
      ("WEBSOCKET_STRICT", ws, 3, [1, 0, 0, 0], "that, and whether a mask that is not the role's is refused"),
      ("WEBSOCKET_PING_INTERVAL", ws, 4, [0, 16, 0, 0], "milliseconds between PINGs of the connection's own"),
      ("WEBSOCKET_PING_TIMEOUT", ws, 5, [0, 4, 0, 0], "milliseconds that the PONG may take; set after the interval"),
      ("WEBSOCKET_MESSAGE_LIMIT", ws, 6, [0, 16, 0, 0], "the most bytes of a message"),
      ("WEBSOCKET_COMPRESSED", ws, 7, [1, 0, 0, 0], "whether compression was agreed on"),
      ("WEBSOCKET_SUBPROTOCOL", ws, 8, [1, 0, 0, 0], "the subprotocol that was agreed on"),
    ]
    return rows(
      ["option"] + columns + ["effect"],
      try options.map { text, level, name, value, effect in
        var cells: [String] = []
        for kind in LayerKind.allCases {
          try kind.withPair { a, _ in
            // The PONG's time is refused before there is an interval.
            if level == ws { try? a.setsockopt(level: ws, name: 4, value: 60_000) }
            cells.append(cell(a, level, name, value))
          }
        }
        return ["`\(text)`"] + cells + [effect]
      })
  }

  private static func passedTable() -> String {
    rows(
      ["option", "layers", "effect"],
      PassedOption.all.map { ["`\($0.text)`", $0.isSettable ? "set, read" : "read", $0.effect] })
  }

  /// The options of TLS: before a TLS socket is connected, and on a connection.
  private static func tlsTable() throws -> String {
    try ZephyrSockets.credentials.get()
    let listener = try ZephyrSockets.listener()
    defer { try? listener.close() }
    let accepting = BlockingThread { try listener.accept(timeout: .seconds(20)) }
    let client = try ZephyrSockets.client()
    let tag = withUnsafeBytes(of: ZephyrSockets.rootTag) { [UInt8]($0) }
    let options: [(String, TLSSocketOption, [UInt8], String)] = [
      ("TLS_SEC_TAG_LIST", .securityTagList, tag, "the credentials"),
      ("TLS_HOSTNAME", .hostName, Array("localhost".utf8), "the name that the server has to have"),
      ("TLS_CIPHERSUITE_LIST", .cipherSuiteList, [2, 0x13, 0, 0], "the cipher suites"),
      ("TLS_CIPHERSUITE_USED", .cipherSuiteUsed, [0, 0, 0, 0], "the suite that was agreed on"),
      ("TLS_PEER_VERIFY", .peerVerify, [2, 0, 0, 0], "whether the peer is verified"),
      ("TLS_ALPN_LIST", .applicationProtocolList, Array("mqtt\0".utf8), "the protocols that are offered"),
      ("TLS_SESSION_CACHE", .sessionCache, [0, 0, 0, 0], "whether sessions are kept"),
      ("TLS_SESSION_CACHE_PURGE", .sessionCachePurge, [1, 0, 0, 0], "forgets all sessions"),
      ("TLS_CERT_VERIFY_RESULT", .certificateVerifyResult, [0, 0, 0, 0], "what is wrong with the peer's certificate"),
      ("handshakeTimeout", .handshakeTimeout, [0, 16, 0, 0], "how long a client of a listener may take"),
      ("WESTWIND_TLS_PINS", .pins, [], "what the peer's certificate or key has to be"),
      ("verifiesHostName", .verifiesHostName, [1, 0, 0, 0], "whether the server's name is verified"),
      ("WESTWIND_TLS_STAPLING", .stapling, [1, 0, 0, 0], "whether a proof that nothing is revoked is asked for"),
    ]
    let before = options.map { cell(client, TLSSocketOption.level, $0.1.rawValue, $0.2) }
    try client.connect(to: listener.getsockname(), timeout: .seconds(20))
    let server = try accepting.join()
    let after = options.map { cell(client, TLSSocketOption.level, $0.1.rawValue, $0.2) }
    try client.close()
    try server.close()
    return rows(
      ["option", "TLS socket", "TLS connection, wss", "effect"],
      options.indices.map { ["`\(options[$0].0)`", before[$0], after[$0], options[$0].3] })
  }

  /// Tries both ways.
  private static func cell(_ a: SocketDescriptor, _ level: CInt, _ name: CInt, _ value: [UInt8]) -> String {
    let isSet = (try? a.setsockopt(level: level, name: name, value: value.span.bytes)) != nil
    let isRead = (try? a.option(level, name)) != nil
    return switch (isSet, isRead) {
    case (true, true): "set, read"
    case (true, false): "set"
    case (false, true): "read"
    case (false, false): "refused"
    }
  }
}

extension Result where Failure == any Error {
  /// The error number; 0 for a value.
  fileprivate var code: CInt {
    switch self {
    case .success: 0
    case .failure(let error): (error as? Errno)?.rawValue ?? -1
    }
  }
}
