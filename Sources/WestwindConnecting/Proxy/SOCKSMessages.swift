internal import WestwindSockets

/// What a SOCKS client says (RFC 1928 3, 4; RFC 1929 2). Each comes back nil where a part is over 255 bytes.
enum SOCKSMessages {
  static let version: UInt8 = 5
  /// The ways to say who one is, and the answer where none will do.
  static let withoutLogin: UInt8 = 0
  static let userAndPassword: UInt8 = 2
  static let noneAcceptable: UInt8 = 0xFF
  /// The types of an address.
  static let ipv4: UInt8 = 1
  static let name: UInt8 = 3
  static let ipv6: UInt8 = 4

  static func greeting(hasCredentials: Bool) -> [UInt8] {
    hasCredentials ? [version, 2, withoutLogin, userAndPassword] : [version, 1, withoutLogin]
  }

  static func login(_ credentials: URLCredentials) -> [UInt8]? {
    guard let user = counted(credentials.userBytes), let password = counted(credentials.passwordBytes) else {
      return nil
    }
    return [1] + user + password
  }

  /// Where the proxy is to connect to.
  enum Destination {
    case address(SocketAddress)
    case name(String)
  }

  static func connect(to destination: Destination, port: UInt16) -> [UInt8]? {
    let destinationBytes: [UInt8]
    switch destination {
    case .address(let address):
      destinationBytes = [address.family == .ipv6 ? ipv6 : ipv4] + address.addressBytes
    case .name(let name):
      guard let name = counted(Array(name.utf8)) else { return nil }
      destinationBytes = [self.name] + name
    }
    return [version, 1, 0] + destinationBytes + [UInt8(port >> 8), UInt8(port & 0xFF)]
  }

  private static func counted(_ bytes: [UInt8]) -> [UInt8]? {
    bytes.count <= 255 ? [UInt8(bytes.count)] + bytes : nil
  }
}
