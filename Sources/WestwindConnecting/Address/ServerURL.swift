internal import WebSocketProtocol

/// A URL that names a server and nothing on it: scheme, host, port, user and password.
package struct ServerURL: Sendable, Hashable {
  package let scheme: String
  /// A name in lower case, or an IP address without brackets, with `%` and the interface behind one of the link.
  package let host: String
  /// nil where none is named.
  package let port: UInt16?
  package let credentials: URLCredentials?

  /// - Parameter schemes: those that will do, in lower case.
  package init(_ text: String, schemes: [String]) throws(ServerURLError) {
    let bytes = Array(text.utf8)
    try ServerURL.checkCharacters(bytes)
    let reference = URIReference(bytes)
    guard let name = reference.scheme else { throw .schemeMissing }
    scheme = String(decoding: name, as: UTF8.self)
    guard schemes.contains(scheme) else { throw .schemeNotSupported(scheme, supported: schemes) }
    guard reference.fragment == nil else { throw .fragment }
    guard let authority = reference.authority else { throw .hostMissing }
    let rest = reference.path + (reference.query ?? [])
    let server = try URLServer(authority, isPasswordCut: rest.contains(UInt8(ascii: "@")))
    guard rest.isEmpty || rest == [UInt8(ascii: "/")] else { throw .pathNotAllowed(scheme: scheme) }
    host = server.connectHost
    port = server.port
    credentials = server.credentials
  }

  /// Throws if a character is in the URL that may not stand anywhere in one.
  package static func checkCharacters(_ bytes: [UInt8]) throws(ServerURLError) {
    guard bytes.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else { throw .controlCharacter }
    guard !bytes.contains(0x20) else { throw .space }
  }

  /// The scheme of a URL, in lower case; nil where it has none.
  package static func scheme(of text: String) -> String? {
    URIReference(Array(text.utf8)).scheme.map { String(decoding: $0, as: UTF8.self) }
  }
}
