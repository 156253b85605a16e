/// A user and a password, as the Basic scheme sends them (RFC 7617).
package enum BasicCredentials {
  /// The value of `Authorization` or `Proxy-Authorization`.
  ///
  /// - Returns: nil where the user has a colon, or either has a control character, which the scheme cannot carry
  ///   (RFC 7617 2).
  package static func fieldValue(user: [UInt8], password: [UInt8]) -> [UInt8]? {
    guard !user.contains(ASCII.colon), (user + password).allSatisfy({ $0 >= ASCII.space && $0 != 0x7F }) else {
      return nil
    }
    return Array("Basic ".utf8) + Base64.encode((user + [ASCII.colon] + password).span)
  }
}
