internal import WebSocketProtocol
internal import WestwindSockets

/// The authority of a URL, checked: who is at the other end of a TCP connection, and as whom to speak to it.
package struct URLServer: Sendable, Hashable {
  /// A name in lower case, or an IP address without brackets.
  package let host: String
  /// The interface of an IPv6 address of the link (RFC 6874); nil if none is named. It means something on this machine only.
  package let zone: String?
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
    (host, zone) = try URLServer.host(authority)
    if let info = authority.userInfo, !info.isEmpty {
      credentials = try URLCredentials(userInfo: info)
    } else {
      credentials = nil
    }
  }

  /// What to look up and connect to: the host, with the interface behind an address of the link.
  package var connectHost: String { zone.map { "\(host)%\($0)" } ?? host }

  private static func host(_ authority: URIAuthority) throws(ServerURLError) -> (String, zone: String?) {
    let text = String(decoding: authority.host, as: UTF8.self).lowercased()
    guard !authority.host.isEmpty || authority.isBracketed else { throw .hostMissing }
    guard authority.host.allSatisfy({ $0 < 0x80 }) else { throw .hostNotASCII(text) }
    if authority.isBracketed {
      let address = String(text.prefix { $0 != "%" })
      guard SocketAddress.ipv6(address, port: 0) != nil else { throw .notIPv6(text) }
      return (address, try zone(authority.host))
    }
    guard isName(authority.host) else { throw .host(text) }
    // RFC 3986 3.2.2 knows one form of an IPv4 address. Resolvers know more, in which `127.1` and `0x7f.1` are others
    // than they seem; a last label of digits can be nothing but an address.
    let labels = text.split(separator: ".")
    if let last = labels.last, last.hasPrefix("0x") || last.allSatisfy({ $0.isNumber }) {
      guard SocketAddress.ipv4(text, port: 0) != nil else { throw .notIPv4(text) }
    }
    return (text, nil)
  }

  /// RFC 6874 2: behind `%25`, and percent-encoded itself. An interface of Linux has a name of up to 15 bytes, without `/` and
  /// white space.
  private static func zone(_ address: [UInt8]) throws(ServerURLError) -> String? {
    guard let percent = address.firstIndex(of: UInt8(ascii: "%")) else { return nil }
    let text = Array(address[percent...])
    guard text.starts(with: "%25".utf8), let name = PercentEncoding.decode(Array(text.dropFirst(3))),
      (1...15).contains(name.count), name.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "/") })
    else { throw .zoneIdentifier(String(decoding: address, as: UTF8.self)) }
    return String(decoding: name, as: UTF8.self)
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
