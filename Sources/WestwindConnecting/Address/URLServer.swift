internal import WebSocketProtocol
internal import WestwindSockets

/// The authority of a URL, checked: who is at the other end of a TCP connection, and as whom to speak to it.
package struct URLServer: Sendable, Hashable {
  /// A name in lower case, or an IP address without brackets.
  package let host: String
  /// nil where none is named.
  package let port: UInt16?
  package let credentials: URLCredentials?

  /// - Parameter isPasswordCut: an `@` follows in path or query. Where the authority is wrong, it may be the beginning
  ///   of a user and a password with a `/` or `?` in it, and then no error shows it.
  package init(_ text: [UInt8], isPasswordCut: Bool) throws(ServerURLError) {
    do throws(ServerURLError) {
      try self.init(text)
    } catch {
      let isPort = if case .port = error { true } else { false }
      guard isPasswordCut, isPort || text.contains(UInt8(ascii: "@")) else { throw error }
      throw .passwordNotEncoded
    }
  }

  init(_ text: [UInt8]) throws(ServerURLError) {
    guard let authority = URIAuthority(text) else { throw .authority(String(decoding: text, as: UTF8.self)) }
    // Browsers take a backslash for a slash, and so see another host in `h\@other`.
    guard !(authority.userInfo ?? []).contains(UInt8(ascii: "\\")) else {
      throw .authority(String(decoding: text, as: UTF8.self))
    }
    // First, since an IPv6 address without its brackets is found out here.
    port = try URLServer.port(authority.port)
    host = try URLServer.host(authority)
    if let info = authority.userInfo, !info.isEmpty {
      credentials = try URLCredentials(userInfo: info)
    } else {
      credentials = nil
    }
  }

  private static func host(_ authority: URIAuthority) throws(ServerURLError) -> String {
    let text = String(decoding: authority.host, as: UTF8.self).lowercased()
    guard !authority.host.isEmpty || authority.isBracketed else { throw .hostMissing }
    guard authority.host.allSatisfy({ $0 < 0x80 }) else { throw .hostNotASCII(text) }
    if authority.isBracketed {
      guard !text.contains("%") else { throw .zoneIdentifier(text) }
      guard SocketAddress.ipv6(text, port: 0) != nil else { throw .notIPv6(text) }
      return text
    }
    guard isName(authority.host) else { throw .host(text) }
    // RFC 3986 3.2.2 knows one form of an IPv4 address. Resolvers know more, in which `127.1` and `0x7f.1` are others
    // than they seem; a last label of digits can be nothing but an address.
    let labels = text.split(separator: ".")
    if let last = labels.last, last.hasPrefix("0x") || last.allSatisfy({ $0.isNumber }) {
      guard SocketAddress.ipv4(text, port: 0) != nil else { throw .notIPv4(text) }
    }
    return text
  }

  /// A name of the domain name system: labels of up to 63 bytes, 253 in all (RFC 1035 2.3.4). `_` is in use.
  private static func isName(_ host: [UInt8]) -> Bool {
    let name = host.last == UInt8(ascii: ".") ? host.dropLast() : host[...]
    return name.count <= 253
      && name.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).allSatisfy { label in
        (1...63).contains(label.count)
          && label.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
              UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
              true
            default: false
            }
          }
      }
  }

  /// RFC 3986 3.2.3: the port may be left out, with or without its colon.
  private static func port(_ text: [UInt8]?) throws(ServerURLError) -> UInt16? {
    guard let text, !text.isEmpty else { return nil }
    let port = String(decoding: text, as: UTF8.self)
    guard text.allSatisfy({ (0x30...0x39).contains($0) }), let number = UInt16(port), number > 0 else {
      throw .port(port)
    }
    return number
  }
}
