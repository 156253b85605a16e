extension SocketAddress {
  /// A numeric IPv4 or IPv6 address, without brackets; nil where the text is none.
  package static func literal(_ host: String, port: UInt16) -> SocketAddress? {
    .ipv4(host, port: port) ?? .ipv6(host, port: port)
  }

  /// Finds the addresses of a host as `resolve(host:port:)` does, but not past a deadline.
  ///
  /// `getaddrinfo` knows no deadline and cannot be called off. So a name is looked up on a thread of its own, which is
  /// left behind at the deadline and ends when the resolver gives up. A numeric address needs no thread.
  ///
  /// - Parameter lookUp: the resolver; the system's, but for a test.
  /// - Returns: the addresses; nil where the deadline passed first.
  package static func resolve(
    host: String, port: UInt16, until deadline: Deadline,
    lookUp: @escaping @Sendable (String, UInt16) throws(ResolutionError) -> [SocketAddress] = {
      (host, port) throws(ResolutionError) in try resolve(host: host, port: port)
    }
  ) throws(ResolutionError) -> [SocketAddress]? {
    if let address = literal(host, port: port) { return [address] }
    guard !deadline.hasPassed else { return nil }
    let answer = LateValue<Result<[SocketAddress], ResolutionError>>()
    do {
      try startDetachedThread {
        do throws(ResolutionError) {
          answer.give(.success(try lookUp(host, port)))
        } catch {
          answer.give(.failure(error))
        }
      }
    } catch {
      throw ResolutionError(host: host, reason: "no thread to look it up on: \(error)")
    }
    return try answer.wait(until: deadline)?.get()
  }
}
