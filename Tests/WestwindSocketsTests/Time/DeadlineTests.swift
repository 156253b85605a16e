import Testing
import WestwindSockets

struct DeadlineTests {
  @Test func `the two ends of time are kept`() {
    #expect(Deadline(.immediate) == .immediate)
    #expect(Deadline(.milliseconds(-5)) == .immediate)
    #expect(Deadline(.forever) == .forever)
    #expect(Deadline(.seconds(.max)) == .forever)
  }

  @Test func `a moment too far to be counted is without end`() {
    #expect(Deadline(.seconds(9_223_372_036)) == .forever)
    #expect(Deadline.now.adding(.seconds(9_223_372_036)) == .forever)
    #expect(Deadline.now.adding(.forever) == .forever)
    #expect(Deadline.forever.adding(.forever) == .forever)
    #expect(Deadline.forever.adding(.milliseconds(1)) == .forever)
  }

  @Test func `adding nothing changes nothing`() {
    let now = Deadline.now
    #expect(now.adding(.immediate) == now)
    #expect(Deadline.forever.adding(.immediate) == .forever)
  }

  @Test func `it lies as far ahead as the timeout says`() {
    let before = Deadline.now
    let deadline = Deadline(.seconds(5))
    let after = Deadline.now
    #expect(deadline >= before.adding(.seconds(5)))
    #expect(deadline <= after.adding(.seconds(5)))
  }

  @Test func `moments are in order`() {
    let now = Deadline.now
    #expect(Deadline.immediate < now)
    #expect(now < now.adding(.milliseconds(1)))
    #expect(now.adding(.milliseconds(1)) < now.adding(.milliseconds(2)))
    #expect(now.adding(.seconds(1_000_000)) < .forever)
    #expect(!(Deadline.forever < .forever))
  }

  @Test func `it has passed or it has not`() {
    #expect(Deadline.immediate.hasPassed)
    #expect(!Deadline.forever.hasPassed)
    #expect(Deadline.now.hasPassed)
    #expect(!Deadline(.seconds(1000)).hasPassed)
    let soon = Deadline(.milliseconds(1))
    #expect(throws: Never.self) { try wait(until: "a millisecond has passed") { soon.hasPassed } }
  }

  @Test func `the clock never goes back`() {
    var last = Deadline.now
    for _ in 0..<10_000 {
      let now = Deadline.now
      guard now >= last else {
        Issue.record("\(now) follows \(last)")
        return
      }
      last = now
    }
  }
}
