/// Where properties stand: each packet but PINGREQ and PINGRESP has some, and the will in CONNECT has its own.
public struct PropertyPlace: OptionSet, Sendable, Hashable {
  public let rawValue: UInt16

  public init(rawValue: UInt16) {
    self.rawValue = rawValue
  }

  public static let connect = PropertyPlace(rawValue: 1 << 0)
  public static let will = PropertyPlace(rawValue: 1 << 1)
  public static let connAck = PropertyPlace(rawValue: 1 << 2)
  public static let publish = PropertyPlace(rawValue: 1 << 3)
  public static let pubAck = PropertyPlace(rawValue: 1 << 4)
  public static let pubRec = PropertyPlace(rawValue: 1 << 5)
  public static let pubRel = PropertyPlace(rawValue: 1 << 6)
  public static let pubComp = PropertyPlace(rawValue: 1 << 7)
  public static let subscribe = PropertyPlace(rawValue: 1 << 8)
  public static let subAck = PropertyPlace(rawValue: 1 << 9)
  public static let unsubscribe = PropertyPlace(rawValue: 1 << 10)
  public static let unsubAck = PropertyPlace(rawValue: 1 << 11)
  public static let disconnect = PropertyPlace(rawValue: 1 << 12)
  public static let auth = PropertyPlace(rawValue: 1 << 13)

  /// All of them.
  public static let everywhere = PropertyPlace(rawValue: 1 << 14 - 1)

  // Each is made once: a literal of several would ask for memory wherever it stands in a debug build.

  static let message: PropertyPlace = [.publish, .will]
  static let publishAndSubscribe: PropertyPlace = [.publish, .subscribe]
  static let handshake: PropertyPlace = [.connect, .connAck]
  static let handshakeAndDisconnect: PropertyPlace = [.connect, .connAck, .disconnect]
  static let handshakeAndAuth: PropertyPlace = [.connect, .connAck, .auth]
  static let connAckAndDisconnect: PropertyPlace = [.connAck, .disconnect]
  /// The acknowledgements of PUBLISH, all four.
  static let acknowledgements: PropertyPlace = [.pubAck, .pubRec, .pubRel, .pubComp]
  /// Where a reason string may stand.
  static let answers: PropertyPlace = [.connAck, .acknowledgements, .subAck, .unsubAck, .disconnect, .auth]
}
