import Glibc
import Testing
import WestwindSockets
import WestwindTesting

/// All runs of one setting, one after the other. For the process of an exit test, which they have to themselves.
struct FaultSeries {
  /// After so many complaints the rest would only repeat them.
  private static let enough = 10

  let setting: FaultSetting

  func run() throws {
    let watchdog = Watchdog("\(setting)")
    defer { watchdog.stop() }
    // What the process opens once and keeps is there after the first run.
    _ = try SessionRun(setting: setting, session: setting.session(ending: .disconnect)).run(.init())
    var counts = TriedCounts()
    for ending in FixedSession.Ending.allCases {
      var runs = Runs(setting: setting, session: setting.session(ending: ending), watchdog: watchdog)
      try runs.tryFaults(&counts)
      // The pipe in memory holds so little that it cuts everywhere by itself.
      guard setting.transport != .memory else { continue }
      try runs.tryCuts(&counts)
      guard setting.transport == .kernel, setting.buffers != .tiny else { continue }
      var small = Runs(setting: setting, session: setting.session(sizedFor: .tiny, ending: ending), watchdog: watchdog)
      try small.tryCuts(&counts)
    }
    counts.write()
  }

  /// The runs of one session.
  private struct Runs {
    let setting: FaultSetting
    let session: FixedSession
    let watchdog: Watchdog
    var complaints = 0

    mutating func tryFaults(_ counts: inout TriedCounts) throws {
      let operations = try run(.init(), "no fault").operations
      for fault in ScriptedSocket.Fault.allCases {
        // A fault may add operations, so it goes on until the session no longer comes that far.
        for k in 0... {
          let outcome = try run(
            .init(fault: fault, at: k), "\(fault) at operation \(k) of \(operations)", mayEndEarly: !fault.isHarmless)
          guard outcome.operations > k else { break }
          counts.note(fault)
          if complaints >= FaultSeries.enough { return }
        }
      }
    }

    mutating func tryCuts(_ counts: inout TriedCounts) throws {
      var length = try run(.init(), "no fault").peer.bytesSent
      // On top of that come handshake and records. A cut behind the end of the stream does nothing.
      if setting.transport == .tls { length += length / 10 + 4000 }
      // Two endings differ only behind all messages.
      var position = session.ending == .peerCloses ? 1 : max(1, length - 100)
      while position < length, complaints < FaultSeries.enough {
        _ = try run(.init(cuttingAt: position), "cut at byte \(position) of \(length)")
        counts.noteCut()
        // A stream of some thousand bytes is cut at every one; of a long one, at many that fall on no pattern. TLS sees
        // most of them as one: the middle of a record.
        position += length < 10_000 && setting.transport != .tls ? 1 : position * 7919 % 1009 + 1
      }
    }

    private mutating func run(
      _ script: ScriptedSocket.Script, _ what: String, mayEndEarly: Bool = false
    ) throws -> SessionRun.Outcome {
      let place = "\(setting), \(session.ending): \(what)"
      watchdog.note(place)
      let before = Leftovers.now()
      let outcome = try SessionRun(setting: setting, session: session).run(script)
      let complaint =
        mayEndEarly ? outcome.complaintUnlessCutShort(session) : outcome.complaintUnlessPerfect(session)
      for complaint in [complaint, before.complaint()].compactMap({ $0 }) {
        // An issue in a process of its own comes without its text, and its output is read as counts.
        let line = Array("\(place): \(complaint)\n".utf8)
        _ = write(STDERR_FILENO, line, line.count)
        Issue.record("\(place): \(complaint)")
        complaints += 1
      }
      return outcome
    }
  }
}

extension ScriptedSocket.Fault {
  /// The call behind the fault works as ever, so nobody may notice.
  var isHarmless: Bool {
    switch self {
    case .shortByOne, .oneByte, .interrupted, .wouldBlock: true
    case .reset, .endOfStream: false
    }
  }
}
