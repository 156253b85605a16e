import Glibc
import SocketLayer
import SystemPackage
import WebSocket
import WebSocketProtocol

/// A TCP socket that this program opened, and the WebSocket over it.
struct Connection {
  let socket: SocketDescriptor
  let ws: WebSocketDescriptor
  let url: WebSocketURL
  let peer: SocketAddress
  let subprotocol: String?
  /// From the first packet of the connection to the end of the handshake, in nanoseconds.
  let openingTime: UInt64

  /// Connects and shakes hands within the limit of the options.
  init(
    to url: WebSocketURL, _ options: ConnectionOptions, adjust: (inout WebSocketOptions) -> Void
  ) throws(Failure) {
    let start = monotonicNanoseconds()
    let deadline = Deadline(after: options.limit, from: start)
    let addresses = try lookUp(url, limit: options.limit, until: deadline)
    (socket, peer) = try connectSocket(to: addresses, limit: options.limit, until: deadline)

    var request = WebSocketRequest(host: url.hostField, url: url.target)
    request.subprotocols = options.subprotocol
    request.optionalHeaders = options.header
    adjust(&request.options)
    do throws(WebSocketError) {
      ws = try websocketConnect(socket, request, timeout: deadline.timeLeft)
      subprotocol = try ws.subprotocol()
    } catch {
      try? socket.close()
      throw handshakeFailure(error, url: url, limit: options.limit)
    }
    self.url = url
    openingTime = monotonicNanoseconds() - start
  }

  /// Says goodbye with close code 1000, waits for the peer's answer, and closes the socket.
  ///
  /// The status has the code `.abnormal` when the peer did not answer in time. The socket is closed on every path.
  @discardableResult
  func close(limit: Duration) throws(WebSocketError) -> CloseStatus {
    defer { try? socket.close() }
    return try websocketDisconnect(ws, code: .normal, timeout: Timeout(limit))
  }
}

/// The addresses of the URL's host.
private func lookUp(
  _ url: WebSocketURL, limit: Duration, until deadline: Deadline
) throws(Failure) -> [SocketAddress] {
  // The system's resolver knows no deadline, so it gets a thread that may be left behind.
  let answer = Answer()
  let lookup = try Thread {
    do throws(ResolutionError) {
      answer.addresses = try SocketAddress.resolve(host: url.host, port: url.port)
    } catch {
      answer.reason = error.reason
    }
    answer.isThere.signal()
  }
  lookup.detach()
  guard answer.isThere.wait(until: deadline) else {
    throw .network(
      "no answer to the name '\(url.host)' within \(seconds(limit)): check the name server, or raise --timeout")
  }
  guard !answer.addresses.isEmpty else {
    throw .network("cannot find the host '\(url.host)': \(answer.reason); check its name and the name server")
  }
  return answer.addresses
}

/// What the resolver's thread found: written before the signal, read after it.
private final class Answer: @unchecked Sendable {
  let isThere = Semaphore()
  var addresses: [SocketAddress] = []
  var reason = ""
}

/// Connects to the first address that answers; each one gets its share of the time.
private func connectSocket(
  to addresses: [SocketAddress], limit: Duration, until deadline: Deadline
) throws(Failure) -> (SocketDescriptor, SocketAddress) {
  var failures: [Failure] = []
  for (index, address) in addresses.enumerated() {
    do throws(Errno) {
      let socket = try SocketDescriptor.open(address.family ?? .ipv4)
      do throws(Errno) {
        let share = deadline.nanosecondsLeft / UInt64(addresses.count - index)
        try socket.connect(to: address, timeout: Timeout(.nanoseconds(Int64(share))))
        // A frame leaves at once, also while the last one is not acknowledged.
        try socket.setsockopt(level: CInt(IPPROTO_TCP), name: TCP_NODELAY, value: 1)
        return (socket, address)
      } catch {
        try? socket.close()
        throw error
      }
    } catch {
      failures.append(connectFailure(error, address, limit: limit))
    }
  }
  // The first address is the one the system prefers: what happened there is what the user wants to know.
  throw failures[0]
}

private func connectFailure(_ error: Errno, _ address: SocketAddress, limit: Duration) -> Failure {
  switch error {
  case .connectionRefused:
    .network("\(address) refuses the connection: is a server listening there?")
  case .timedOut, .resourceTemporarilyUnavailable:
    .network("no answer from \(address) within \(seconds(limit)): check address and firewall, or raise --timeout")
  default:
    .network("cannot connect to \(address): \(error); check the address and the network")
  }
}
