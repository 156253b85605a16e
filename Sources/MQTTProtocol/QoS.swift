/// The quality of service of a message (4.3).
public enum QoS: UInt8, Sendable, Hashable, Comparable, CaseIterable {
  case atMostOnce = 0
  case atLeastOnce = 1
  case exactlyOnce = 2

  public static func < (a: QoS, b: QoS) -> Bool { a.rawValue < b.rawValue }
}
