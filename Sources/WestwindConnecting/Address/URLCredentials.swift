internal import WebSocketProtocol
internal import WestwindSockets

/// User and password of a URL, percent-decoded. What is not UTF-8 in them is U+FFFD here, but is sent as it was. What
/// describes them leaves the password out.
public struct URLCredentials: Sendable, Hashable {
  public let user: String
  public let password: String
  /// The bytes of both, which need not be UTF-8, for a protocol that sends them as they are.
  let userBytes: [UInt8]
  let passwordBytes: [UInt8]
  /// The value of `Authorization` or `Proxy-Authorization` (RFC 7617).
  package let basic: String

  /// - Parameter userInfo: what stands before the `@`: `user` or `user:password`.
  init(userInfo: [UInt8]) throws(ServerURLError) {
    let colon = userInfo.firstIndex(of: UInt8(ascii: ":")) ?? userInfo.endIndex
    guard let user = PercentEncoding.decode(Array(userInfo[..<colon])),
      let password = PercentEncoding.decode(Array(userInfo[colon...].dropFirst()))
    else { throw .percentEncoding }
    guard let basic = BasicCredentials.fieldValue(user: user, password: password) else { throw .credentials }
    self.user = String(decoding: user, as: UTF8.self)
    self.password = String(decoding: password, as: UTF8.self)
    userBytes = user
    passwordBytes = password
    self.basic = String(decoding: basic, as: UTF8.self)
  }
}

extension URLCredentials: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  public var description: String { "user \(user.escaped)" }
  public var debugDescription: String { description }
  public var customMirror: Mirror { Mirror(self, children: ["user": user]) }
}
