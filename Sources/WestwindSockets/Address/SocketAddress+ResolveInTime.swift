/// What came of looking up a name up to a deadline.
package enum TimedResolution: Sendable, Hashable {
  case found([SocketAddress])
  /// The resolver was asked, and had not answered at the deadline.
  case noAnswer
  /// The resolver was not asked: so many other names were being looked up all the time, which is the limit.
  case noPlace(limit: Int)
}

extension SocketAddress {
  /// A numeric IPv4 or IPv6 address, without brackets; nil where the text is none.
  package static func literal(_ host: String, port: UInt16) -> SocketAddress? {
    .ipv4(host, port: port) ?? .ipv6(host, port: port)
  }

  /// Finds the addresses of a host as `resolve(host:port:)` does, but not past a deadline.
  ///
  /// `getaddrinfo` knows no deadline and cannot be called off. So a name is looked up on a thread of its own, which is
  /// left behind at the deadline and ends when the resolver gives up. There are 16 of those at the most: where all of
  /// them hang, the next name waits for one to end, within its own deadline. A numeric address needs no thread.
  ///
  /// - Parameters:
  ///   - places: those of the process, but for a test.
  ///   - lookUp: the resolver; the system's, but for a test.
  package static func resolve(
    host: String, port: UInt16, until deadline: Deadline, places: ResolverSemaphore? = nil,
    lookUp: @escaping @Sendable (String, UInt16) throws(ResolutionError) -> [SocketAddress] = {
      (host, port) throws(ResolutionError) in try resolve(host: host, port: port)
    }
  ) throws(ResolutionError) -> TimedResolution {
    if let address = literal(host, port: port) { return .found([address]) }
    if let zone = zone(of: host), interfaceNumber(zone) == nil {
      throw ResolutionError(host: host, reason: "this machine has no interface '\(zone)'")
    }
    guard !deadline.hasPassed else { return .noAnswer }
    let places = places ?? .shared
    guard places.take(until: deadline) else { return .noPlace(limit: places.limit) }
    let answer = LateValue<Result<[SocketAddress], ResolutionError>>()
    do {
      try startDetachedThread {
        // Before the answer is given, so that whoever has it finds the place free.
        do throws(ResolutionError) {
          let addresses = try lookUp(host, port)
          places.giveBack()
          answer.give(.success(addresses))
        } catch {
          places.giveBack()
          answer.give(.failure(error))
        }
      }
    } catch {
      places.giveBack()
      throw ResolutionError(host: host, reason: "no thread to look it up on: \(error)")
    }
    guard let outcome = answer.wait(until: deadline) else { return .noAnswer }
    return .found(try outcome.get())
  }
}
