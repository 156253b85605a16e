internal import SystemPackage
internal import WestwindConfiguration
public import WestwindSockets

extension SocketDescriptor {
  /// Makes a TLS socket, Zephyr's way: it has options (`TLSSocketOption`), `connect` also shakes hands, and so does
  /// `accept` on one that listens. It has a TCP socket of its own, which is closed with it.
  ///
  /// Until `connect` has shaken hands the socket is not connected: `send` and `recv` in other threads fail with `ENOTCONN`
  /// at once; call them when it has returned. `close` ends a handshake, and so does `shutdown` of either direction;
  /// `connect` fails with `EBADF`, or `ECONNABORTED`, then. While TCP itself is connecting its deadline ends it, and
  /// `close` is not to be called, as on a TCP socket.
  ///
  /// `accept` waits for a client as on a TCP socket, and then for its handshake: until the call's own deadline, but no
  /// longer than the option `handshakeTimeout` says, also where it need not wait for the client. It fails with
  /// `ETIMEDOUT` where a client came and did not finish in time, and with `ECONNABORTED` where it broke the handshake or
  /// went away; `tlsInfo` of the listener says how, until the next one fails. Such a client's socket is closed, and the
  /// listener is as it was: call `accept` again. `EAGAIN` says that no client came, and any other error is about this
  /// side, such as `EINVAL` where the listener has no certificate.
  ///
  /// While one call waits for its client's handshake, others on the same listener take the next clients. A server whose
  /// clients cannot be trusted to be quick calls `accept` from several threads; or it accepts on a TCP socket, and calls
  /// `tlsAccept` on the thread that is to serve the client.
  ///
  /// - Parameters:
  ///   - family: of the addresses to connect to.
  ///   - type: `.stream`; there is no DTLS.
  ///   - oldest: the oldest version that will do.
  /// - Throws: `TLSError`. Where `connect` or `accept` fails later, `tlsInfo` has the error in full.
  ///
  /// Zephyr's call is `socket(family, SOCK_STREAM, IPPROTO_TLS_1_2)`.
  public static func open(
    _ family: AddressFamily, _ type: SocketType, _ oldest: TLSVersion
  ) throws(TLSError) -> SocketDescriptor {
    guard BuildConfiguration.NET_SOCKETS_SOCKOPT_TLS else { throw .notSupported(symbol: "NET_SOCKETS_SOCKOPT_TLS") }
    guard type == .stream else { throw .badConfiguration("TLS goes over streams") }
    do throws(Errno) {
      let socket = try SocketDescriptor.open(family, type)
      do throws(Errno) {
        let tls = try TLSSocket(over: socket, minimumVersion: oldest)
        return SocketDescriptor.enter(tls, number: tls.readableNumber)
      } catch {
        try? socket.close()
        throw error
      }
    } catch {
      throw .system(error)
    }
  }
}
