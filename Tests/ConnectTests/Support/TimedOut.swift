import Westwind
import WestwindSockets

/// Runs what is to time out in a phase, with twice the time, up to about 10 s, as long as it ends in an earlier one:
/// on a busy machine that says nothing but that the machine is busy.
///
/// - Parameter attempt: connects to a peer of its own and gives back the error.
func timedOut(
  in phase: ConnectError.Phase, _ attempt: (Timeout) throws -> WebSocketError?
) rethrows -> WebSocketError? {
  let order = ConnectError.Phase.allCases
  var milliseconds = 300
  while true {
    let error = try attempt(.milliseconds(milliseconds))
    guard let ended = error?.timedOutPhase, order.firstIndex(of: ended)! < order.firstIndex(of: phase)!,
      milliseconds < 9_000
    else { return error }
    milliseconds *= 2
  }
}
