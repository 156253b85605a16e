import SampleSupport
import SystemPackage
import WebSocketProtocol
import Westwind

extension Connection {
  /// What to tell the user when a call on the open connection failed.
  ///
  /// - Parameters:
  ///   - error: What the call threw: a `WebSocketError`, or the `Errno` of a plain socket call.
  ///   - task: What was being done, to follow "while": "the echo of frame 3 was awaited".
  ///   - limit: How long the call was allowed to last.
  func lost(_ error: any Error, while task: String, limit: Duration) -> Failure {
    let tooLong = "timed out after \(seconds(limit)) while \(task): raise --timeout if the peer is slow"
    switch error {
    case WebSocketError.wouldBlock, WebSocketError.timedOut, WebSocketError.aborted,
      Errno.wouldBlock, Errno.timedOut, Errno.connectionAbort:
      return .network(tooLong)
    case WebSocketError.notConnected(let status):
      return closed(status, while: task)
    case Errno.socketNotConnected:
      return closed(try? ws.closeStatus(), while: task)
    case WebSocketError.connectionLost(let error), let error as Errno:
      return .network("the connection broke while \(task) (\(error)): look into the peer's log and at the network")
    default:
      return .network("the connection failed while \(task): \(error)")
    }
  }

  /// What to tell the user when the peer ended the connection before all was done.
  func closed(_ status: CloseStatus?, while task: String) -> Failure {
    guard let status, status.code != .abnormal else {
      return .network("the peer ended the connection without a close frame while \(task): look into its log")
    }
    let advice = status.code == .messageTooBig ? "send less at once with --size or --fragment" : "look into its log"
    return .network("the peer closed the connection while \(task), \(describe(status)): \(advice)")
  }
}

/// A close status as `code 1009, 'too big'`.
func describe(_ status: CloseStatus) -> String {
  let code = status.code == .noStatus ? "without a code" : "code \(status.code.rawValue)"
  return status.reason.isEmpty ? code : "\(code), '\(printable(status.reason))'"
}
