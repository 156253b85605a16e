internal import HTTPTypes
internal import WebSocketProtocol
internal import WestwindConnecting

/// Where a response's `Location` leads (RFC 9110 10.2.2).
struct Redirect {
  let url: WebSocketURL

  /// - Parameters:
  ///   - base: the URL that was asked for.
  ///   - isUnix: it was asked for over a socket of the file system.
  init(_ response: HandshakeResponse, from base: WebSocketURL, isUnix: Bool) throws(RedirectFailure) {
    let locations = response.fields[values: .location]
    guard locations.count == 1 else { throw .badLocation("\(locations.count) Location fields") }
    let location = locations[0]
    let next = try Redirect.resolve(location, from: base)
    guard next.isSecure || !base.isSecure else { throw .insecure(location: location) }
    // A server may not send its client to the sockets of the client's own machine.
    guard next.unixPath == base.unixPath || isUnix else { throw .ontoUnixSocket(location: location) }
    guard !isUnix || next.isSameServer(as: base) else { throw .offUnixSocket(location: location) }
    url = next
  }

  private static func resolve(_ location: String, from base: WebSocketURL) throws(RedirectFailure) -> WebSocketURL {
    do throws(ServerURLError) {
      let bytes = Array(location.utf8)
      try ServerURL.checkCharacters(bytes)
      var target = URIReference(bytes).resolved(against: URIReference(Array(base.redirectBase.utf8)))
      // The handshake is HTTP, and so servers write HTTP's schemes.
      if target.scheme == Array("http".utf8) { target.scheme = Array("ws".utf8) }
      if target.scheme == Array("https".utf8) { target.scheme = Array("wss".utf8) }
      // A fragment is for whoever shows a page (RFC 9110 10.2.2); there is none here.
      target.fragment = nil
      // Who is to be at the other end cannot say as whom the caller speaks to it.
      if let authority = target.authority { target.authority = Array(authority.withoutUserInfo) }
      // On a socket of the file system only the request's path changes.
      if let socket = base.unixPath, target.scheme == Array("ws".utf8), target.authority == Array("localhost".utf8) {
        target.scheme = Array("ws+unix".utf8)
        target.authority = []
        target.path = UnixURLPath.escaped(socket) + Array(":".utf8) + target.path
      }
      var next = try WebSocketURL(target)
      // The server's own address, which does not know by which interface it is reached.
      if next.zone == nil, next.host == base.host { next.zone = base.zone }
      return next
    } catch {
      throw .badLocation("\(location): \(error)")
    }
  }
}

extension WebSocketURL {
  /// What a relative `Location` is relative to: for a socket of the file system `ws://localhost`, as in `Host`.
  fileprivate var redirectBase: String {
    unixPath == nil ? description : "ws://\(host)\(resourceName)"
  }
}

extension [UInt8] {
  fileprivate var withoutUserInfo: ArraySlice<UInt8> {
    lastIndex(of: UInt8(ascii: "@")).map { self[($0 + 1)...] } ?? self[...]
  }
}
