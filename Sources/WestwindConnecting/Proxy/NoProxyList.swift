internal import WestwindSockets

/// The hosts that are reached without a proxy: the value of `no_proxy`.
struct NoProxyList {
  private let entries: [Substring]

  init(_ text: String) {
    entries = text.lowercased().split { $0 == "," || $0 == " " || $0 == "\t" }
  }

  /// - Parameter host: a name in lower case, or an IP address without brackets.
  func contains(_ host: String) -> Bool {
    entries.contains { entry in
      if entry == "*" { return true }
      if let address = SocketAddress.literal(host, port: 0) { return Self.holds(entry, address) }
      return Self.isDomain(entry, of: host)
    }
  }

  /// `example.org`, `.example.org` and `example.org.` are the name itself and all names under it.
  private static func isDomain(_ entry: Substring, of host: String) -> Bool {
    let domain = entry.trimmingDots()
    let name = host[...].trimmingDots()
    return !domain.isEmpty && (name == domain || name.hasSuffix(".\(domain)"))
  }

  /// An address, in brackets or not, or a network as `10.0.0.0/8` (RFC 4632).
  private static func holds(_ entry: Substring, _ address: SocketAddress) -> Bool {
    let parts = entry.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    guard let text = parts.first?.filter({ $0 != "[" && $0 != "]" }),
      let network = SocketAddress.literal(text, port: 0), network.family == address.family
    else { return false }
    let width = network.addressBytes.count * 8
    guard parts.count == 2 else { return network == address }
    guard let length = Int(parts[1]), (0...width).contains(length) else { return false }
    let (one, other) = (network.addressBytes, address.addressBytes)
    guard one[..<(length / 8)] == other[..<(length / 8)] else { return false }
    return length % 8 == 0 || (one[length / 8] ^ other[length / 8]) >> UInt8(8 - length % 8) == 0
  }
}

extension Substring {
  fileprivate func trimmingDots() -> Substring {
    var rest = self
    while rest.first == "." { rest.removeFirst() }
    while rest.last == "." { rest.removeLast() }
    return rest
  }
}
