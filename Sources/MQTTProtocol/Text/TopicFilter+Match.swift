extension TopicFilter {
  /// Whether a message that is published to `name` comes to this subscription.
  ///
  /// - Wildcards at the front do not match names that begin with `$` ([MQTT-4.7.2-1]).
  /// - `sport/#` matches `sport` too, the parent of what it names (4.7.1.2).
  /// - Names are compared byte by byte, upper and lower case and all; a leading or trailing `/` makes an empty level of
  ///   its own ([MQTT-4.7.3-4], 4.7.3).
  public func matches(_ name: Span<UInt8>) -> Bool {
    let filter = self.filter
    if !name.isEmpty, name[0] == ASCII.dollar, filter[0] == ASCII.plus || filter[0] == ASCII.numberSign {
      return false
    }
    var f = 0
    var n = 0
    while f < filter.count {
      switch filter[f] {
      case ASCII.numberSign:
        return true
      case ASCII.plus:
        f += 1
        while n < name.count, name[n] != ASCII.slash { n += 1 }
      case let byte:
        // `a/#` at the end of `a`: what is left of the filter is `/#`
        if n == name.count {
          return byte == ASCII.slash && f + 2 == filter.count && filter[f + 1] == ASCII.numberSign
        }
        guard name[n] == byte else { return false }
        f += 1
        n += 1
      }
    }
    return n == name.count
  }
}
