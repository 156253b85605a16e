internal import CWestwindLinux
internal import SystemPackage
internal import WestwindPlatform

/// How far the peer has taken what was sent to it.
///
/// Over TCP that is the right edge of the peer's window, up to which it lets this side send: it moves on as the peer's program
/// reads, and stands still if the program does not, however much the peer's kernel acknowledges. Elsewhere it is how many parts
/// of large frames the socket has taken.
package struct PeerProgress {
  private var edge: UInt64?
  /// The edge is told in steps of so many bytes.
  private var step: UInt64 = 0
  private var partsSent: UInt64 = 0

  package init() {}

  /// - Parameters:
  ///   - socket: what is sent on; its own `TCP_INFO`, or that of the socket below it, is asked for.
  ///   - partsSent: how many parts of large frames it has taken.
  package init(of socket: any SocketOperations, partsSent: UInt64 = 0) {
    self.partsSent = partsSent
    var information = InlineArray<32, UInt64>(repeating: 0)
    var words = information.mutableSpan
    // Sound: any bytes are integers, the kernel writes no more than there is room for, and what is read was written.
    var step: UInt64 = 0
    edge = unsafe words.withUnsafeMutableBytes { bytes in
      var output = unsafe OutputRawSpan(buffer: bytes, initializedCount: 0)
      do throws(Errno) {
        try socket.getOption(level: CInt(IPPROTO_TCP), name: TCP_INFO, into: &output)
      } catch {
        return nil
      }
      let count = unsafe output.finalize(for: bytes)
      var edge: UInt64 = 0
      return unsafe cl_tcp_right_edge(bytes.baseAddress!, count, &edge, &step) ? edge : nil
    }
    self.step = step
  }

  package func isAhead(of earlier: PeerProgress) -> Bool {
    guard let edge, let earlierEdge = earlier.edge else { return partsSent != earlier.partsSent }
    // One step may be the rounding, and a PING that was read but not answered is no sign of life.
    return edge > earlierEdge + step + Self.pingSize
  }

  /// The most bytes that a PING takes: of MQTT, in a frame, in a record of TLS.
  private static let pingSize: UInt64 = 64
}
