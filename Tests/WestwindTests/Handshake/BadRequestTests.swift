import SystemPackage
import Testing
import WebSocketProtocol
import Westwind
import WestwindSockets
import WestwindTestSupport

/// Requests that are the caller's mistake. Nothing of them leaves.
struct BadRequestTests {
  /// One mistake in a request.
  struct Mistake: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var expected: HandshakeTextError
    var make: @Sendable (inout WebSocketRequest) -> Void

    init(
      _ testDescription: String, _ expected: HandshakeTextError,
      _ make: @escaping @Sendable (inout WebSocketRequest) -> Void
    ) {
      self.testDescription = testDescription
      self.expected = expected
      self.make = make
    }
  }

  static let mistakes = [
    Mistake("header with CR LF", .badFieldValue(name: "A".bytes)) { $0.optionalHeaders = ["A: 1\r\nB: 2"] },
    Mistake("header with LF", .badFieldValue(name: "A".bytes)) { $0.optionalHeaders = ["A: 1\nB: 2"] },
    Mistake("header with two line ends", .badFieldValue(name: "A".bytes)) { $0.optionalHeaders = ["A: 1\r\n\r\n"] },
    Mistake("header with NUL", .badFieldValue(name: "A".bytes)) { $0.optionalHeaders = ["A: \0"] },
    Mistake("header without a colon", .fieldWithoutColon("Authorization".bytes)) {
      $0.optionalHeaders = ["Authorization"]
    },
    Mistake("header without a name", .badFieldName([])) { $0.optionalHeaders = [": 1"] },
    Mistake("header with a space in its name", .badFieldName("A B".bytes)) { $0.optionalHeaders = ["A B: 1"] },
    Mistake("header that the handshake writes", .reservedField(name: "UPGRADE".bytes)) {
      $0.optionalHeaders = ["UPGRADE: h2c"]
    },
    Mistake("second header is bad", .fieldWithoutColon([])) { $0.optionalHeaders = ["A: 1", ""] },
    Mistake("empty host", .badHost([])) { $0.host = "" },
    Mistake("host with CR LF", .badHost("a\r\nX: 1".bytes)) { $0.host = "a\r\nX: 1" },
    Mistake("host with a space", .badHost("a b".bytes)) { $0.host = "a b" },
    Mistake("empty url", .badTarget([])) { $0.url = "" },
    Mistake("url with a space", .badTarget("/a b".bytes)) { $0.url = "/a b" },
    Mistake("url with CR LF", .badTarget("/ HTTP/1.1\r\n".bytes)) { $0.url = "/ HTTP/1.1\r\n" },
    Mistake("origin with LF", .badFieldValue(name: "Origin".bytes)) { $0.origin = "http://a\nX: 1" },
    Mistake("subprotocol with a comma", .badSubprotocol("a,b".bytes)) { $0.subprotocols = ["a,b"] },
    Mistake("empty subprotocol", .badSubprotocol([])) { $0.subprotocols = [""] },
    Mistake("subprotocol twice", .duplicateSubprotocol("a".bytes)) { $0.subprotocols = ["a", "b", "a"] },
  ]

  @Test(arguments: mistakes)
  func `a bad request is refused, and the peer gets not one byte`(mistake: Mistake) throws {
    let (socket, peer) = try Wire.tcp.open()
    defer { peer.close() }
    var request = WebSocketRequest(host: "localhost", url: "/")
    mistake.make(&request)
    let error = failure { try websocketConnect(socket, request, timeout: patience) }
    #expect(error == .invalidArgument(.handshakeText(mistake.expected)))
    #expect(error?.errno == .invalidArgument)
    try socket.close()
    #expect(try peer.readToEnd() == [])
  }

  @Test func `buffers that are too small are refused, and the peer gets not one byte`() throws {
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 63, alignment: 1)
    defer { buffer.deallocate() }
    let (socket, peer) = try Wire.tcp.open()
    defer { peer.close() }
    func refusal(_ change: (inout WebSocketOptions) -> Void) -> WebSocketError? {
      var request = WebSocketRequest(host: "localhost", url: "/")
      change(&request.options)
      return failure { try websocketConnect(socket, request, timeout: patience) }
    }
    #expect(refusal { $0.receiveBufferSize = 63 } == .invalidArgument(.bufferTooSmall(minimum: 64)))
    #expect(refusal { $0.receiveBuffer = buffer } == .invalidArgument(.bufferTooSmall(minimum: 64)))
    #expect(refusal { $0.transmitBufferSize = 255 } == .invalidArgument(.bufferTooSmall(minimum: 256)))
    try socket.close()
    #expect(try peer.readToEnd() == [])
  }

  @Test func `a socket that is not open is EBADF`() throws {
    let (socket, peer) = try Wire.tcp.open()
    peer.close()
    // A number that no test gets: far above what the process has open.
    let unused = SocketDescriptor(rawValue: 1_000_000)
    defer { try? socket.close() }
    let request = WebSocketRequest(host: "localhost", url: "/")
    #expect(failure { try websocketConnect(unused, request) } == .badDescriptor)
    #expect(failure { try websocketConnect(SocketDescriptor(rawValue: -1), request) } == .badDescriptor)
  }
}
