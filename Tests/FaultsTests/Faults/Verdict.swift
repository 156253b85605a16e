import SystemPackage
import Westwind
import WestwindSockets
import WestwindTLS

extension SessionRun.Outcome {
  /// What is wrong with a run whose fault no caller may notice; nil where nothing is.
  func complaintUnlessPerfect(_ session: FixedSession) -> String? {
    if let complaint = peerComplaint { return complaint }
    if let failedTLS { return "TLS failed: \(failedTLS)" }
    guard case .success(let status) = end else { return "it ended with \(end)" }
    if status != CloseStatus(code: .normal, reason: "done") { return "the peer's status is '\(status)'" }
    if !unfinished.isEmpty { return "\(unfinished.count) bytes of a message too many" }
    if messages != session.expectedMessages { return difference(messages, session.expectedMessages) }
    if peer.frames != session.expectedFrames { return difference(peer.frames, session.expectedFrames) }
    return nil
  }

  /// What is wrong with a run whose connection was cut: it may end early, but with a clear error, and both sides must
  /// have had nothing but the beginning of what was sent.
  func complaintUnlessCutShort(_ session: FixedSession) -> String? {
    if let complaint = peerComplaint { return complaint }
    if let failedTLS {
      return failedTLS.tellsOfTheCut && peer.frames.isEmpty ? nil : "TLS failed: \(failedTLS)"
    }
    if let failedDisconnect { return "disconnect failed with \(failedDisconnect)" }
    let expected = session.expectedMessages
    guard messages.count <= expected.count, messages.elementsEqual(expected.prefix(messages.count)) else {
      return difference(messages, expected)
    }
    let next = messages.count < expected.count ? expected[messages.count].payload : []
    guard next.starts(with: unfinished) else { return "an unfinished message is not what was sent" }
    guard session.expectedFrames.starts(with: peer.frames) else {
      return difference(peer.frames, session.expectedFrames)
    }
    switch end {
    case .success(let status):
      // The cut came when all was said, and at the most the peer's CLOSE is missing.
      if messages != expected { return "it ended well, with \(messages.count) of \(expected.count) messages" }
      let isRight = status == CloseStatus(code: .normal, reason: "done") || status == CloseStatus(code: .abnormal)
      return isRight ? nil : "the peer's status is '\(status)'"
    case .failure(let error):
      return error.tellsOfTheCut ? nil : "the error is \(error)"
    }
  }

  private var peerComplaint: String? {
    switch peer.trouble {
    case nil, .ended: nil
    case .timedOut: "the peer waited in vain"
    case .broken(let why): "the peer got \(why)"
    }
  }
}

extension TLSError {
  /// The connection is gone, and nobody broke the protocol.
  var tellsOfTheCut: Bool {
    switch self {
    case .truncated, .system(.connectionReset), .system(.brokenPipe): true
    default: false
    }
  }
}

extension WebSocketError {
  fileprivate var tellsOfTheCut: Bool {
    switch self {
    case .handshake(let error):
      switch error.cause {
      case .closed, .connectionLost(.connectionReset), .connectionLost(.brokenPipe): true
      default: false
      }
    case .connectionLost(.connectionReset), .connectionLost(.brokenPipe): true
    case .notConnected(let status): status == nil || status?.code == .abnormal
    default: false
    }
  }
}

private func difference<T: Equatable>(_ actual: [T], _ expected: [T]) -> String {
  let place = zip(actual, expected).enumerated().first { $1.0 != $1.1 }?.offset ?? min(actual.count, expected.count)
  let name = T.self == RawFrame.self ? "frame" : "message"
  return "\(name) \(place) of \(expected.count) is not what was sent (\(actual.count) came)"
}
