// A URL out of any bytes: it is refused in one line, or what comes out of it can stand in a request and says the same
// when it is read again. The same for a proxy's URL, and for a `Location` seen from a URL.

import Westwind

@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let bytes = Array(UnsafeBufferPointer(start: data, count: count))
  let text = String(decoding: bytes, as: UTF8.self)
  // An input with a newline is a URL and a reference seen from it.
  let parts = bytes.split(separator: 0x0A, maxSplits: 1, omittingEmptySubsequences: false).map { Array($0) }
  do {
    let url = try WebSocketURL(text)
    requireUsable(url)
  } catch {
    requireOneLine(error.description)
  }
  requireSameParts(bytes)
  if parts.count == 2 { requireResolved(parts[1], against: parts[0]) }
  if let authority = URIAuthority(bytes) { requireSameParts(authority, bytes) }
  requireDecoded(bytes)
  return 0
}

private func requireUsable(_ url: WebSocketURL) {
  let name = Array(url.resourceName.utf8)
  require(name.first == 0x2F, "the resource name \(name)")
  require((name + Array(url.hostField.utf8)).allSatisfy { $0 > 0x20 && $0 < 0x7F }, "\(url.hostField) \(name)")
  require(!name.contains(0x23), "a fragment in \(name)")
  require(PercentEncoding.decode(name) != nil, "the resource name \(name)")
  require(url.unixPath == nil ? url.port > 0 : url.unixPath!.utf8.first == 0x2F, "port \(url.port)")
  requireOneLine(url.description)
  require(!url.description.contains("@") || url.resourceName.contains("@") || url.unixPath != nil, url.description)
  guard let again = try? WebSocketURL(url.description) else { fatalError("not a URL: \(url.description)") }
  require(
    again.scheme == url.scheme && again.host == url.host && again.port == url.port
      && again.resourceName == url.resourceName && again.unixPath == url.unixPath,
    "\(url.description) is another one: \(again.description)")
}

/// Cutting loses nothing.
private func requireSameParts(_ bytes: [UInt8]) {
  let reference = URIReference(bytes)
  let together = Array(together(reference))
  require(URIReference(together) == reference, "\(bytes) \(together)")
  // The scheme is put into lower case.
  let scheme = reference.scheme?.count ?? 0
  require(together.count == bytes.count && together[scheme...] == bytes[scheme...], "\(bytes) \(together)")
}

private func requireSameParts(_ authority: URIAuthority, _ bytes: [UInt8]) {
  var together: [UInt8] = []
  if let userInfo = authority.userInfo { together += userInfo + [0x40] }
  together += authority.isBracketed ? [0x5B] + authority.host + [0x5D] : authority.host
  if let port = authority.port { together += [0x3A] + port }
  require(together == bytes, "\(bytes) \(together)")
}

/// What a reference leads to has a scheme where the base has one, and no way up is left in its path.
private func requireResolved(_ reference: [UInt8], against base: [UInt8]) {
  let base = URIReference(base)
  guard base.scheme != nil, base.authority != nil, base.path.isEmpty || base.path[0] == 0x2F else { return }
  let reference = URIReference(reference)
  let target = reference.resolved(against: base)
  require(target.scheme == reference.scheme ?? base.scheme, "\(target)")
  require(target.fragment == reference.fragment, "\(target)")
  if reference.scheme == nil, reference.authority == nil {
    require(target.authority == base.authority, "\(target)")
    require(target.path.isEmpty || target.path[0] == 0x2F, "\(target)")
    if !reference.path.isEmpty {
      for segment in target.path.split(separator: 0x2F) {
        require(segment != [0x2E] && segment != [0x2E, 0x2E], "\(target)")
      }
    }
  }
}

/// Encoding leaves only what may stand in a path or a query, changes nothing twice, and means the same.
private func requireDecoded(_ bytes: [UInt8]) {
  for encode in [PercentEncoding.encodePath, PercentEncoding.encodeQuery] {
    let encoded = encode(bytes)
    require(encoded.allSatisfy { $0 > 0x20 && $0 < 0x7F }, "\(encoded)")
    require(encode(encoded) == encoded, "\(encoded)")
    require(PercentEncoding.decode(encoded) == PercentEncoding.decode(bytes), "\(encoded)")
  }
}

private func together(_ reference: URIReference) -> [UInt8] {
  var bytes: [UInt8] = []
  if let scheme = reference.scheme { bytes += scheme + [0x3A] }
  if let authority = reference.authority { bytes += [0x2F, 0x2F] + authority }
  bytes += reference.path
  if let query = reference.query { bytes += [0x3F] + query }
  if let fragment = reference.fragment { bytes += [0x23] + fragment }
  return bytes
}

private func requireOneLine(_ text: String) {
  require(!text.isEmpty && text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F }, "\(text.debugDescription)")
}
