import Glibc
import MQTTProtocol
import Testing
import WestwindMQTT
import WestwindTestSupport

/// A program that is killed while it uses a store.
struct FileStoreKillTests {
  @Test(arguments: [("process", 20, 400), ("disk", 5, 60)])
  func `nothing that was said to be kept is lost or there twice, whenever the program is killed`(
    _ synchronization: String, _ kills: Int, _ longest: Int
  ) throws {
    let file = try StoreFile()
    var ledger = Ledger()
    var random = SeededGenerator(seed: 1)
    var steps = 0
    for kill in 0..<kills {
      let child = try ChildProcess(
        builtProgram("FileStoreWriter"), [file.path, synchronization, "\(kill)", "\(ledger.last + 1)"])
      defer { child.terminate() }
      for _ in 0..<Int.random(in: 1...longest, using: &random) {
        guard let line = try child.readLine(timeout: .seconds(60)) else { throw TestSupportError("it ended by itself") }
        try ledger.note(line)
        steps += 1
      }
      // somewhere within one of the next steps
      usleep(UInt32.random(in: 0...3000, using: &random))
      child.signal(SIGKILL)
      for line in String(decoding: try child.readAll(), as: UTF8.self).split(separator: "\n") {
        try ledger.note(String(line))
        steps += 1
      }
      #expect(try child.waitForExit() == .signalled(SIGKILL))
      try ledger.check(file.open())
    }
    #expect(steps > kills)
  }
}

/// Where each message is that is not done, as far as the program has said so.
private struct Ledger {
  enum Stage: Int {
    case new, waits, published, released, done
  }

  private var stages: [UInt64: Stage] = [:]
  /// By identifier.
  private var numbers: [UInt16: UInt64] = [:]
  private(set) var last: UInt64 = 0

  mutating func note(_ line: String) throws {
    let words = line.split(separator: " ")
    guard words.count == 3, let number = UInt64(words[0]), let identifier = UInt16(words[2]) else {
      throw TestSupportError("not a step: \(line)")
    }
    switch words[1] {
    case "waits": stages[number] = .waits
    case "published":
      stages[number] = .published
      numbers[identifier] = number
    case "released": stages[numbers[identifier] ?? number] = .released
    case "done": stages[numbers.removeValue(forKey: identifier) ?? number] = nil
    default: throw TestSupportError("not a step: \(line)")
    }
    last = max(last, number)
  }

  /// Holds what a store has against what was said: it may be one step further.
  mutating func check(_ store: MQTTFileStore) throws {
    var found: [UInt64: Stage] = [:]
    var foundNumbers: [UInt16: UInt64] = [:]
    for (number, packet) in try store.queue() {
      #expect(difference(packet, StoredMessage.bytes(number)) == nil)
      found[number] = .waits
    }
    for record in store.records() {
      switch record {
      case .publish(let identifier, .exactlyOnce, _):
        let packet = store.packet(identifier)
        let number = StoredMessage.number(of: packet)
        let expected = StoredMessage.head(identifier) + StoredMessage.bytes(number).dropFirst(StoredMessage.headSize)
        #expect(difference(packet, expected) == nil)
        #expect(found[number] == nil, "message \(number) is there twice")
        found[number] = .published
        foundNumbers[identifier] = number
      case .release(let identifier, _):
        guard let number = numbers[identifier] else {
          Issue.record("a release of \(identifier), which no message has")
          continue
        }
        #expect(found[number] == nil, "message \(number) is there twice")
        found[number] = .released
        foundNumbers[identifier] = number
      default: Issue.record("\(record)")
      }
    }
    var further = 0
    for number in Set(stages.keys).union(found.keys) {
      let said = stages[number] ?? .new
      // gone is done, but for one that was never there
      let actual = found[number] ?? .done
      if said == actual { continue }
      #expect(actual.rawValue == said.rawValue + 1, "message \(number): said \(said), is \(actual)")
      further += 1
    }
    #expect(further <= 1, "\(further) messages are further than was said")
    (stages, numbers) = (found, foundNumbers)
    last = max(last, found.keys.max() ?? 0)
  }
}
