import Glibc
import WestwindTestSupport

/// Who sent a frame, and as what number. The payload made of it proves that none of it is another's.
struct Stamp: Hashable, Sendable {
  var sender: Int
  var number: Int

  init(_ sender: Int, _ number: Int) {
    self.sender = sender
    self.number = number
  }

  private static let letters: [UInt8] = pattern(size: 100_000, seed: 8).map { UInt8(ascii: "a") + $0 % 26 }

  /// ASCII, so it may go into text: `sender.number.` and letters that depend on both.
  ///
  /// - Parameter size: the bytes in all, if that is enough for the beginning.
  func payload(size: Int) -> [UInt8] {
    let head = Array("\(sender).\(number).".utf8)
    let start = (sender * 7919 + number * 104_729) % 10_000
    return head + Self.letters[start..<(start + max(0, size - head.count))]
  }

  /// Reads the beginning of a payload, and checks all of it.
  init?(checking payload: [UInt8]) {
    let words = payload.prefix(20).split(separator: UInt8(ascii: "."), maxSplits: 2, omittingEmptySubsequences: false)
    guard words.count == 3, let sender = Int(String(decoding: words[0], as: UTF8.self)),
      let number = Int(String(decoding: words[1], as: UTF8.self))
    else { return nil }
    self.init(sender, number)
    guard equal(payload, self.payload(size: payload.count)) else { return nil }
  }

  /// The same for a thread of its own, from which an error says more than an expectation.
  init(requiredOf payload: [UInt8]) throws(TestSupportError) {
    guard let stamp = Stamp(checking: payload) else {
      throw TestSupportError(
        "no sender's payload: \(payload.count) bytes, \(String(decoding: payload.prefix(30), as: UTF8.self))")
    }
    self = stamp
  }
}

/// Checks that the frames of every sender come complete and in order.
struct StampBook: Sendable {
  private(set) var next: [Int: Int] = [:]

  /// Takes the next payload; says what is wrong with it.
  mutating func complaint(about payload: [UInt8]) -> String? {
    let stamp: Stamp
    do throws(TestSupportError) {
      stamp = try Stamp(requiredOf: payload)
    } catch {
      return error.description
    }
    let expected = next[stamp.sender, default: 0]
    next[stamp.sender] = stamp.number + 1
    return stamp.number == expected
      ? nil : "sender \(stamp.sender) is at \(stamp.number), and \(expected) would be next"
  }
}
