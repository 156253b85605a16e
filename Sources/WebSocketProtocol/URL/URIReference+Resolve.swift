extension URIReference {
  /// The reference seen from a base, as a `Location` is seen from the URL that was asked for (RFC 3986 5.2.2).
  package func resolved(against base: URIReference) -> URIReference {
    var target = self
    guard scheme == nil else {
      target.path = Self.removingDotSegments(path)
      return target
    }
    target.scheme = base.scheme
    if authority != nil {
      target.path = Self.removingDotSegments(path)
    } else {
      target.authority = base.authority
      if path.isEmpty {
        target.path = base.path
        target.query = query ?? base.query
      } else if path[0] == ASCII.slash {
        target.path = Self.removingDotSegments(path)
      } else {
        target.path = Self.removingDotSegments(Self.merged(path, with: base))
      }
    }
    return target
  }

  /// RFC 3986 5.2.3: all of the base's path but what stands behind its last slash, and the reference's behind it.
  private static func merged(_ path: [UInt8], with base: URIReference) -> [UInt8] {
    guard let slash = base.path.lastIndex(of: ASCII.slash) else {
      return base.authority == nil ? path : [ASCII.slash] + path
    }
    return base.path[...slash] + path
  }

  /// RFC 3986 5.2.4, segment by segment: `.` goes, and `..` goes with the segment before it.
  private static func removingDotSegments(_ path: [UInt8]) -> [UInt8] {
    guard path.contains(ASCII.dot) else { return path }
    let isAbsolute = path.first == ASCII.slash
    var kept: [ArraySlice<UInt8>] = []
    let segments = (isAbsolute ? path.dropFirst() : path[...])
      .split(separator: ASCII.slash, omittingEmptySubsequences: false)
    for (i, segment) in segments.enumerated() {
      let isLast = i == segments.count - 1
      if segment.elementsEqual([ASCII.dot]) {
        if isLast { kept.append([]) }
      } else if segment.elementsEqual([ASCII.dot, ASCII.dot]) {
        _ = kept.popLast()
        if isLast { kept.append([]) }
      } else {
        kept.append(segment)
      }
    }
    return (isAbsolute ? [ASCII.slash] : []) + Array(kept.joined(separator: [ASCII.slash]))
  }
}
