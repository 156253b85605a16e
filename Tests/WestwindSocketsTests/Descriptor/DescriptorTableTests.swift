import Synchronization
import Testing
import WestwindSockets
import WestwindTestSupport

struct DescriptorTableTests {
  @Test func `what is entered is found under its number, and nothing under others`() {
    let table = DescriptorTable<String>()
    #expect(table[0] == nil && table[7] == nil && table[-1] == nil && table[.max] == nil && table[.min] == nil)
    table[7] = "seven"
    #expect(table[7] == "seven")
    #expect(table[6] == nil && table[8] == nil && table[-1] == nil)
    table[7] = "other"
    #expect(table[7] == "other")
    table[7] = nil
    #expect(table[7] == nil)
    table[1000] = nil
    #expect(table[1000] == nil)
  }

  @Test func `all are listed in the order of their numbers`() {
    let table = DescriptorTable<Int>()
    #expect(table.all == [])
    for number in [9, 3, 0, 500] as [CInt] { table[number] = Int(number) }
    #expect(table.all == [0, 3, 9, 500])
    table[3] = nil
    #expect(table.all == [0, 9, 500])
  }

  @Test func `an entry that is released may use the table itself`() throws {
    let table = DescriptorTable<Releasing>()
    let call = BlockedCall {
      table[3] = Releasing(table)
      table[3] = Releasing(table)
      table[3] = nil
    }
    try call.join()
    #expect(table.all.isEmpty)
  }

  @Test func `many threads use one table`() throws {
    let table = DescriptorTable<CInt>()
    let calls = (0..<8).map { thread in
      BlockedCall {
        for round in 0..<2000 {
          let number = CInt(thread + 8 * (round % 50))
          table[number] = number
          guard table[number] == number else { return false }
          _ = table.all
          table[number] = nil
          guard table[number] == nil else { return false }
        }
        return true
      }
    }
    #expect(try calls.allSatisfy { try $0.join() })
    #expect(table.all.isEmpty)
  }

  private final class Releasing: Sendable {
    private let table: DescriptorTable<Releasing>

    init(_ table: DescriptorTable<Releasing>) {
      self.table = table
    }

    deinit {
      _ = table.all
      table[5] = nil
    }
  }
}
