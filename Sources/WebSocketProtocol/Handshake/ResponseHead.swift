/// An HTTP response's status and fields (RFC 9112 4).
public struct ResponseHead: Sendable, Hashable {
  public var status: Int
  /// The words behind the status, which mean nothing; may be empty.
  public var reason: [UInt8]
  public var fields: [HeaderField]
  /// There are lines that are no fields: no colon, a name that is no token, a control character. They are not in `fields`.
  public let hasMalformedField: Bool
  let version: HTTPVersion

  /// Takes apart a whole head, as `HeadReader` gives it. An HTTP/1.0 server's refusal is a response like any other. Lines that
  /// end in LF alone are taken, and folded ones put together (RFC 9112 2.2, 5.2).
  ///
  /// - Throws: `notHTTP`.
  public init(_ bytes: [UInt8]) throws(HandshakeViolation) {
    let head = try Head(bytes, isResponse: true)
    let line = head.firstLine
    guard let space = line.firstIndex(of: ASCII.space) else { throw .notHTTP }
    let rest = line[(space + 1)...]
    let code = rest.prefix(while: { $0 != ASCII.space })
    guard code.count == 3, code.allSatisfy(ASCII.isDigit) else { throw .notHTTP }
    version = try HTTPVersion(line[..<space])
    status = code.reduce(0) { $0 * 10 + Int($1 - 0x30) }
    reason = Array(rest.dropFirst(code.count + 1))
    guard status >= 100 else { throw .notHTTP }  // RFC 9110 15
    fields = head.fields
    hasMalformedField = head.hasMalformedField
  }

  /// RFC 9112 6.3.
  private var neverHasBody: Bool { status == 204 || status == 304 }

  /// The body comes in chunks (RFC 9112 7.1).
  public var isChunked: Bool {
    !neverHasBody
      && (fields.list(of: "transfer-encoding").last.map { ASCII.equalsIgnoringCase($0.span, "chunked") } ?? false)
  }

  /// How many bytes of body follow, where the head says so; nil where the end of the stream or the chunks say it.
  public var contentLength: Int? {
    if neverHasBody { return 0 }
    guard let value = fields.onlyValue(of: "content-length"), !value.isEmpty, value.count <= 9,
      value.allSatisfy(ASCII.isDigit)
    else { return nil }
    return value.reduce(0) { $0 * 10 + Int($1 - 0x30) }
  }
}

/// What a version says of its sender: only HTTP/1.1 can be upgraded (RFC 6455 4.1).
enum HTTPVersion {
  case tooOld
  case oneOne

  init(_ text: ArraySlice<UInt8>) throws(HandshakeViolation) {
    if ASCII.equals(text.span, "HTTP/1.1") {
      self = .oneOne
    } else if ASCII.equals(text.span, "HTTP/1.0") || ASCII.equals(text.span, "HTTP/0.9") {
      self = .tooOld
    } else {
      throw .notHTTP
    }
  }
}
