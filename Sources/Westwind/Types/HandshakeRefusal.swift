public import HTTPTypes
internal import WebSocketProtocol

/// Why a server does not open the WebSocket that a client asks for: the HTTP response that it gets.
///
///     throw .forbidden
///     throw .unauthorized(challenge: #"Basic realm="chat""#)
///     throw HandshakeRefusal(status: 503, fields: [.retryAfter: "30"], body: "too many rooms\n")
public struct HandshakeRefusal: Error, Sendable, Hashable {
  /// 300 to 599; any other would tell the client that something was agreed on, and is sent as 500.
  public var status: Int
  /// What else the head is to say. `Connection`, `Content-Length` and `Transfer-Encoding` are written here.
  public var fields: HTTPFields
  /// Text for whoever looks into it; browsers show it to nobody.
  public var body: String

  public init(status: Int, fields: HTTPFields = HTTPFields(), body: String = "") {
    self.status = status
    self.fields = fields
    self.body = body
  }

  /// 403: this client, or the page that it runs in, is not let in.
  public static let forbidden = HandshakeRefusal(status: 403)
  /// 404: there is nothing under this path.
  public static let notFound = HandshakeRefusal(status: 404)

  /// 401: the client has to say who it is (RFC 9110 15.5.2).
  ///
  /// - Parameter challenge: the value of `WWW-Authenticate`, such as `Basic realm="chat"`.
  public static func unauthorized(challenge: String) -> HandshakeRefusal {
    HandshakeRefusal(status: 401, fields: [.wwwAuthenticate: challenge])
  }
}

extension HandshakeRefusal {
  /// The response's bytes.
  var response: [UInt8] {
    let status = (300...599).contains(status) ? status : 500
    var fields = fields
    let body = Array(body.utf8)
    if !body.isEmpty, fields[.contentType] == nil { fields[.contentType] = "text/plain; charset=utf-8" }
    for written in [HTTPField.Name.connection, .contentLength, .transferEncoding] { fields[written] = nil }
    return ServerHandshake.refusal(
      status: status, reason: Array(HandshakeRefusal.reason(status).utf8),
      fields: fields.map { HeaderField(name: Array($0.name.rawName.utf8), value: Array($0.value.utf8)) }, body: body)
  }

  /// Words for people; programs go by the number (RFC 9112 4).
  private static func reason(_ status: Int) -> String {
    let known: [HTTPResponse.Status] = [
      .movedPermanently, .found, .temporaryRedirect, .permanentRedirect, .badRequest, .unauthorized, .forbidden,
      .notFound, .gone, .tooManyRequests, .internalServerError, .serviceUnavailable,
    ]
    return known.first { $0.code == status }?.reasonPhrase ?? ""
  }
}
