import SampleSupport
import WebSocketProtocol
import Westwind
import WestwindSockets

/// Sends the messages of an echo run.
struct EchoOutput: Sendable {
  let connection: Connection
  let plan: EchoPlan

  /// Sends a message as one frame, or as fragments; returns when the kernel has taken all of it.
  func send(_ message: RawSpan, until deadline: Deadline) -> Result<Void, Failure> {
    do {
      switch plan.api {
      case .msg: try sendFrames(message, until: deadline)
      case .bsd: _ = try connection.ws.descriptor.send(message, timeout: deadline.timeLeft)
      }
      return .success(())
    } catch {
      return .failure(connection.lost(error, while: "a frame was on its way out", limit: plan.limit))
    }
  }

  private func sendFrames(_ message: RawSpan, until deadline: Deadline) throws {
    let step = plan.fragment ?? plan.size
    var opcode: Opcode = plan.isText ? .text : .binary
    var start = 0
    repeat {
      let end = min(plan.size, start + step)
      try connection.ws.sendMsg(
        message.extracting(start..<end), opcode: opcode, final: end == plan.size, timeout: deadline.timeLeft)
      opcode = .continuation
      start = end
    } while start < plan.size
  }
}
