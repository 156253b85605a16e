import SampleSupport
import Westwind

/// What an echo run shows at its end.
struct EchoReport {
  let plan: EchoPlan
  let connection: Connection
  let isOwnServer: Bool
  let run: EchoRun

  private var bytes: Int { plan.size * plan.count }
  private var duration: Double { Double(max(1, run.duration)) / 1e9 }
  private var framesPerSecond: Double { Double(plan.count) / duration }

  /// One JSON object on one line; times of round trips are in microseconds.
  var json: String {
    let times = run.roundTrips
    func microseconds(_ nanoseconds: UInt64) -> String { fixed(Double(nanoseconds) / 1e3, digits: 3) }
    return jsonObject([
      "url": jsonString(connection.url.description),
      "frames": "\(plan.count)",
      "bytes": "\(bytes)",
      "seconds": fixed(duration, digits: 6),
      "frames_per_second": fixed(framesPerSecond, digits: 1),
      "rtt_us": jsonObject([
        "p50": microseconds(times.percentile(50)),
        "p90": microseconds(times.percentile(90)),
        "p99": microseconds(times.percentile(99)),
        "max": microseconds(times.max),
      ]),
      "mismatches": "\(run.check.mismatches)",
    ]) + "\n"
  }

  /// Lines for a terminal of 80 columns.
  var text: String {
    let times = run.roundTrips
    let peer = connection.peer.map { "\($0)" } ?? "gone"
    let kind = plan.isText ? "text" : "binary"
    let fragments = plan.framesPerMessage > 1 ? " in \(grouped(plan.framesPerMessage)) fragments" : ""
    let calls = plan.api == .msg ? "sendMsg" : "send and recv"
    let percentiles = [("p50", 50.0), ("p90", 90), ("p99", 99), ("max", 100)].map { name, percent in
      "\(name) \(time(nanoseconds: times.percentile(percent)))"
    }
    let fields = [
      ("URL", connection.url.description + (isOwnServer ? " (echo server in this process)" : "")),
      ("Handshake", "\(statusLine(101)) in \(time(nanoseconds: connection.openingTime))"),
      ("Peer", "\(peer), \(connection.agreement)"),
      ("Frames", "\(grouped(plan.count)) of \(grouped(plan.size)) bytes, \(kind)\(fragments), by \(calls)"),
      ("Bytes", "\(grouped(bytes)) each way, in \(time(nanoseconds: run.duration))"),
      ("Rate", "\(grouped(Int(framesPerSecond))) frames/s, \(rate) each way"),
      ("Mismatches", grouped(run.check.mismatches)),
      ("Round trip", percentiles.joined(separator: "   ")),
    ]
    let lines = fields.map { name, value in "\(name.left(12))\(value)" } + [""] + times.drawn()
    return lines.joined(separator: "\n") + "\n"
  }

  private var rate: String {
    fixed(Double(bytes) / duration / 1_048_576, digits: 2) + " MiB/s"
  }

  /// What to tell the user about echoes that differ.
  var mismatchLine: String {
    let count = run.check.mismatches
    guard let first = run.check.firstDifference else { return "" }
    let expected = first.expected.map { "where \(hexByte($0)) was sent" } ?? "behind the end of what was sent"
    return "\(grouped(count)) of \(grouped(plan.count)) echoes differ, first in frame \(grouped(first.frame + 1)):"
      + " byte \(grouped(first.offset)) is \(hexByte(first.received)) \(expected); is the peer an echo server?"
  }
}

func hexByte(_ byte: UInt8) -> String {
  "0x" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
}
