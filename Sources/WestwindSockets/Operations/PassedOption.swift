internal import CWestwindLinux
package import SystemPackage
internal import WestwindPlatform

/// The options of a kernel socket that act also through a layer over it, which passes them on. Every other is refused by a
/// layer with `ENOPROTOOPT`: it would have no effect (`SO_TIMESTAMP`, since no layer receives control messages), or break
/// the layer (`SO_RCVLOWAT` would keep it waiting, `TCP_ULP` would change its bytes).
///
/// `SO_RCVTIMEO` and `SO_SNDTIMEO` are not among them: those are the layer's own (`CallTimeouts`).
package struct PassedOption: Sendable {
  package let level: CInt
  package let name: CInt
  /// The option as C has it.
  package let text: String
  /// What it does.
  package let effect: String
  /// Whether it can be set; otherwise it is only read.
  package let isSettable: Bool

  private init(_ level: CInt, _ name: CInt, _ text: String, _ effect: String, isSettable: Bool = true) {
    self.level = level
    self.name = name
    self.text = text
    self.effect = effect
    self.isSettable = isSettable
  }

  /// Fails if a layer is not to pass the option on.
  ///
  /// - Throws: `ENOPROTOOPT`.
  package static func check(level: CInt, name: CInt, isSetting: Bool) throws(Errno) {
    guard let option = all.first(where: { $0.level == level && $0.name == name }), option.isSettable || !isSetting
    else { throw .noProtocolOption }
  }

  package static let all: [PassedOption] = {
    let tcp = CInt(IPPROTO_TCP)
    let ip = CInt(IPPROTO_IP)
    let ipv6 = CInt(IPPROTO_IPV6)
    return [
      PassedOption(SOL_SOCKET, SO_ERROR, "SO_ERROR", "the socket's pending error, which is taken", isSettable: false),
      PassedOption(SOL_SOCKET, SO_TYPE, "SO_TYPE", "what kind of socket it is", isSettable: false),
      PassedOption(SOL_SOCKET, SO_DOMAIN, "SO_DOMAIN", "its address family", isSettable: false),
      PassedOption(SOL_SOCKET, SO_PROTOCOL, "SO_PROTOCOL", "its protocol", isSettable: false),
      PassedOption(SOL_SOCKET, SO_ACCEPTCONN, "SO_ACCEPTCONN", "whether it listens", isSettable: false),
      PassedOption(
        SOL_SOCKET, SO_PEERCRED, "SO_PEERCRED", "who is at the other end, in the file system", isSettable: false),
      PassedOption(SOL_SOCKET, SO_SNDBUF, "SO_SNDBUF", "the kernel's memory for what leaves"),
      PassedOption(SOL_SOCKET, SO_RCVBUF, "SO_RCVBUF", "the kernel's memory for what comes"),
      PassedOption(SOL_SOCKET, SO_KEEPALIVE, "SO_KEEPALIVE", "TCP's keep alive"),
      PassedOption(SOL_SOCKET, SO_LINGER, "SO_LINGER", "what closing the socket does with what has not left"),
      PassedOption(SOL_SOCKET, SO_REUSEADDR, "SO_REUSEADDR", "which addresses can be bound"),
      PassedOption(SOL_SOCKET, SO_REUSEPORT, "SO_REUSEPORT", "which ports can be bound"),
      PassedOption(SOL_SOCKET, SO_BINDTODEVICE, "SO_BINDTODEVICE", "the interface"),
      PassedOption(SOL_SOCKET, SO_DONTROUTE, "SO_DONTROUTE", "only to neighbours"),
      PassedOption(SOL_SOCKET, SO_PRIORITY, "SO_PRIORITY", "the queue of the interface"),
      PassedOption(SOL_SOCKET, SO_MARK, "SO_MARK", "the mark for routing"),
      PassedOption(SOL_SOCKET, SO_BUSY_POLL, "SO_BUSY_POLL", "polling the interface"),
      PassedOption(SOL_SOCKET, SO_INCOMING_CPU, "SO_INCOMING_CPU", "the processor of what comes"),
      PassedOption(SOL_SOCKET, SO_MAX_PACING_RATE, "SO_MAX_PACING_RATE", "how fast bytes leave"),
      PassedOption(tcp, TCP_NODELAY, "TCP_NODELAY", "small segments leave at once"),
      PassedOption(tcp, TCP_MAXSEG, "TCP_MAXSEG", "the largest segment"),
      PassedOption(tcp, TCP_CORK, "TCP_CORK", "small segments are held back"),
      PassedOption(tcp, TCP_KEEPIDLE, "TCP_KEEPIDLE", "seconds of silence before keep alive asks"),
      PassedOption(tcp, TCP_KEEPINTVL, "TCP_KEEPINTVL", "seconds between its questions"),
      PassedOption(tcp, TCP_KEEPCNT, "TCP_KEEPCNT", "how many it asks"),
      PassedOption(tcp, TCP_USER_TIMEOUT, "TCP_USER_TIMEOUT", "milliseconds without acknowledgement that end it"),
      PassedOption(tcp, TCP_SYNCNT, "TCP_SYNCNT", "how often connecting is tried"),
      PassedOption(tcp, TCP_LINGER2, "TCP_LINGER2", "how long a closed socket waits for the peer"),
      PassedOption(tcp, TCP_DEFER_ACCEPT, "TCP_DEFER_ACCEPT", "accepting when bytes have come"),
      PassedOption(tcp, TCP_QUICKACK, "TCP_QUICKACK", "acknowledgements leave at once"),
      PassedOption(tcp, TCP_CONGESTION, "TCP_CONGESTION", "the congestion control"),
      PassedOption(tcp, TCP_NOTSENT_LOWAT, "TCP_NOTSENT_LOWAT", "how much may wait unsent before it polls writable"),
      PassedOption(tcp, TCP_INFO, "TCP_INFO", "what TCP knows of the connection", isSettable: false),
      PassedOption(ip, IP_TOS, "IP_TOS", "the class of service"),
      PassedOption(ip, IP_TTL, "IP_TTL", "how many hops"),
      PassedOption(ip, IP_MTU_DISCOVER, "IP_MTU_DISCOVER", "finding the path's packet size"),
      PassedOption(ip, IP_MTU, "IP_MTU", "the path's packet size", isSettable: false),
      PassedOption(ip, IP_FREEBIND, "IP_FREEBIND", "addresses that the machine does not have yet"),
      PassedOption(ip, IP_BIND_ADDRESS_NO_PORT, "IP_BIND_ADDRESS_NO_PORT", "the port is chosen when it connects"),
      PassedOption(ipv6, IPV6_V6ONLY, "IPV6_V6ONLY", "no IPv4 beside it"),
      PassedOption(ipv6, IPV6_TCLASS, "IPV6_TCLASS", "the class of service"),
      PassedOption(ipv6, IPV6_UNICAST_HOPS, "IPV6_UNICAST_HOPS", "how many hops"),
      PassedOption(ipv6, IPV6_MTU, "IPV6_MTU", "the path's packet size", isSettable: false),
    ]
  }()
}

extension SocketDescriptor {
  /// Whether operations are those of a kernel socket, which takes every option.
  package static func isKernel(_ operations: any SocketOperations) -> Bool { operations is KernelSocket }
}
