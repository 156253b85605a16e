import SystemPackage
import WestwindSockets
import WestwindTLS

extension FaultSession.Outcome {
  /// What is wrong with a run whose fault nobody may notice; nil where nothing is.
  var complaintUnlessPerfect: String? {
    if let failure { return "it failed with \(failure)" }
    if let peerFailure { return "the peer failed with \(peerFailure)" }
    if received != FaultSession.answer { return "\(received.count) bytes came, or others" }
    if peerReceived != FaultSession.question { return "the peer got \(peerReceived.count) bytes, or others" }
    return nil
  }

  /// What is wrong with a run whose connection was cut: both sides may have had nothing but the beginning of what was
  /// sent, and the end must not look orderly unless all was said.
  var complaintUnlessCutShort: String? {
    guard FaultSession.answer.starts(with: received), FaultSession.question.starts(with: peerReceived) else {
      return "bytes came that were not sent"
    }
    if failure == nil, received.count < FaultSession.answer.count {
      return "it ended in order, with \(received.count) bytes"
    }
    if peerFailure == nil, peerReceived.count < FaultSession.question.count {
      return "the peer's stream ended in order, with \(peerReceived.count) bytes"
    }
    for failure in [failure, peerFailure].compactMap({ $0 }) where !failure.tellsOfTheCut {
      return "the error is \(failure)"
    }
    return nil
  }
}

extension FaultSession.Failure {
  fileprivate var tellsOfTheCut: Bool {
    switch self {
    case .tls(.truncated), .tls(.system(.connectionReset)), .tls(.system(.brokenPipe)): true
    case .socket(.connectionReset), .socket(.brokenPipe): true
    default: false
    }
  }
}
