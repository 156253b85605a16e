import MQTTProtocol
import SampleSupport
import SystemPackage
import WestwindMQTT

/// Reads the payloads of the messages that come, and has a line for each.
final class Receiver {
  private let format: MessageFormat
  private let wanted: Int
  /// Messages read to their end.
  private var count = 0
  private var head: MessageHead?
  private var payload: [UInt8] = []
  private let buffer = ReceiveBuffer(size: 64 * 1024)
  /// Lines that were not written yet.
  private var output: [UInt8] = []
  /// SUBACK's reason codes.
  private(set) var answers: [UInt8] = []
  /// Why messages cannot be written.
  private(set) var failure: Failure?
  private var hasNoReader = false

  /// - Parameter count: how many messages are wanted.
  init(_ format: MessageFormat, count: Int) {
    self.format = format
    wanted = count
  }

  /// Whether all that is wanted has come, or nobody reads any more.
  var isComplete: Bool { count >= wanted || hasNoReader }

  /// Called in the callback.
  func take(_ event: borrowing MQTTEvent, _ client: MQTTClient) {
    switch event {
    case .publish(let packet):
      // What is wrong with the connection the next call says, too.
      guard !isComplete else {
        try? end(client)
        return
      }
      head = MessageHead(packet)
      payload.removeAll(keepingCapacity: packet.payloadLength <= payload.capacity)
      try? read(client)
    case .subAck(let packet): answers = packet.reasonCodes.array
    default: break
    }
  }

  /// One message more than is wanted: it goes without an acknowledgement, and comes again in the next session. Those
  /// before it are written and acknowledged first.
  private func end(_ client: MQTTClient) throws(MQTTError) {
    write()
    try client.disconnect()
  }

  /// Reads on, as far as the payload has come.
  func read(_ client: MQTTClient) throws(MQTTError) {
    guard let head else { return }
    while client.payloadRemaining > 0 {
      do throws(MQTTError) {
        _ = try buffer.fill { (out) throws(MQTTError) in try client.readPublishPayload(into: &out) }
      } catch {
        if case .transport(.wouldBlock) = error { return }
        throw error
      }
      buffer.withBytes { payload += $0.array }
    }
    self.head = nil
    count += 1
    format.append(head, payload, to: &output)
  }

  /// Writes the lines that wait.
  func write() {
    guard !output.isEmpty else { return }
    do throws(Errno) {
      try Output.standardOutput.write(output)
    } catch .brokenPipe {
      hasNoReader = true
    } catch {
      failure = .network("cannot write to standard output: \(error); check where it goes")
    }
    output.removeAll(keepingCapacity: true)
  }
}
