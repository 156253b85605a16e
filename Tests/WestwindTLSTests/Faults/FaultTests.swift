import Glibc
import Testing
import WestwindSockets
import WestwindTLS
import WestwindTestSupport
import WestwindTesting

/// Every operation of a session failed in turn below the TLS layer, in every way.
@Suite struct FaultTests {
  @Test(arguments: FaultSession.Role.allCases)
  func `whatever operation fails in whatever way, a session ends right or with one clear error`(
    role: FaultSession.Role
  ) async {
    let result = await #expect(processExitsWith: .success, observing: [\.standardOutputContent]) {
      [role = role as FaultSession.Role] in
      for version in TLSVersion.allCases { try series(FaultSession(role: role, version: version)) }
    }
    print(String(decoding: result?.standardOutputContent ?? [], as: UTF8.self), terminator: "")
  }
}

/// All runs of one kind, one after the other, in a process of their own.
private func series(_ session: FaultSession) throws {
  // What the process opens once and keeps is there after the first run.
  let whole = try session.run(.init())
  #expect(whole.complaintUnlessPerfect == nil)
  // The thread has its wake descriptor from here on, whether or not it had to wait before.
  try Waker().withWaiting {}
  let before = openDescriptorCount()
  var count = 0
  for fault in ScriptedSocket.Fault.allCases {
    // A fault may add operations, so it goes on until the session no longer comes that far.
    for k in 0... {
      let outcome = try session.run(.init(fault: fault, at: k))
      guard outcome.operations > k else { break }
      let isFatal = fault == .reset || fault == .endOfStream
      let complaint = isFatal ? outcome.complaintUnlessCutShort : outcome.complaintUnlessPerfect
      if let complaint { record("\(session.role), \(session.version), \(fault) at operation \(k): \(complaint)") }
      count += 1
    }
  }
  // The stream cut in two, where the handshake is and where the records are.
  for position in stride(from: 1, to: 60_000, by: 7).filter({ $0 < 2500 || $0 % 509 == 0 }) {
    if let complaint = try session.run(.init(cuttingAt: position)).complaintUnlessPerfect {
      record("\(session.role), \(session.version), cut at byte \(position): \(complaint)")
    }
    count += 1
  }
  #expect(openDescriptorCount() == before)
  print("\(session.role), \(session.version): \(count) runs")
}

/// An issue in a process of its own comes without its text, so that is printed as well.
private func record(_ complaint: String) {
  print(complaint)
  Issue.record("\(complaint)")
}
