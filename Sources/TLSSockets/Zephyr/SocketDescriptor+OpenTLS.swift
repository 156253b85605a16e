internal import BuildConfiguration
public import SocketLayer
internal import SystemPackage

extension SocketDescriptor {
  /// Makes a TLS socket, Zephyr's way: it has options (`TLSSocketOption`), `connect` also shakes hands, and so does
  /// `accept` on one that listens. It has a TCP socket of its own, which is closed with it.
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
        return SocketDescriptor.register(tls, number: tls.readableNumber)
      } catch {
        try? socket.close()
        throw error
      }
    } catch {
      throw .system(error)
    }
  }
}
