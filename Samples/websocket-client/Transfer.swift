import SampleSupport
import SystemPackage
import WebSocketProtocol
import Westwind
import WestwindSockets

/// Sends a file frame by frame, while a second thread takes what the peer sends, so that neither side waits for the
/// other to read.
struct Transfer {
  private let input: InputFile
  private let connection: Connection
  private let limit: Duration
  private var buffer: [UInt8]
  private var bytes = 0
  private var frames = 0
  private let start = monotonicNanoseconds()

  init(_ input: InputFile, frameSize: Int, over connection: Connection, limit: Duration) {
    self.input = input
    self.connection = connection
    self.limit = limit
    buffer = Array(repeating: 0, count: frameSize)
  }

  /// Sends all of the input and closes the connection; throws when the peer did not take all of it.
  mutating func run() throws(Failure) {
    let drain = try Drain(connection.ws)
    var progress = ProgressBar(total: input.size)
    var failure: Failure?
    do {
      try sendAll(drain, &progress)
    } catch {
      failure = error
    }
    progress.finish()
    // This frees the second thread, too. The peer answers when it has read all that came before: its answer to close
    // code 1000 shows that everything arrived.
    let status = try? connection.close(limit: failure == nil ? limit : .zero)
    drain.join()
    if let failure { throw failure }
    try check(status)
  }

  /// What was sent, in one line.
  var summary: String {
    let duration = monotonicNanoseconds() - start
    let rate = byteCount(Double(bytes) * 1e9 / Double(max(1, duration)))
    return "Sent \(grouped(bytes)) bytes in \(grouped(frames)) frames to \(connection.url)"
      + " in \(time(nanoseconds: duration)), \(rate)/s.\n"
  }

  private mutating func sendAll(_ drain: Drain, _ progress: inout ProgressBar) throws(Failure) {
    while true {
      let count: Int
      do {
        count = try input.read(into: &buffer, unless: { drain.hasEnded })
      } catch {
        throw .wrongUse("cannot read the file: \(error); check what it is")
      }
      let task = "byte \(grouped(bytes)) was on its way"
      if drain.hasEnded { throw connection.lost(drain.error ?? Errno.socketNotConnected, while: task, limit: limit) }
      if count == 0 { return }
      do {
        try buffer.withBytes(first: count) {
          _ = try connection.ws.sendMsg($0, opcode: .binary, timeout: Timeout(limit))
        }
      } catch {
        throw connection.lost(error, while: task, limit: limit)
      }
      bytes += count
      frames += 1
      progress.show(bytes)
    }
  }

  private func check(_ status: CloseStatus?) throws(Failure) {
    guard let status, status.code != .abnormal else {
      throw .network(
        "the peer did not confirm the end within \(seconds(limit)): some of the \(grouped(bytes)) bytes may be lost;"
          + " raise --timeout or look into its log")
    }
    guard status.code == .normal || status.code == .noStatus else {
      throw .network("the peer took the end of the \(grouped(bytes)) bytes with \(describe(status)): look into its log")
    }
  }
}
