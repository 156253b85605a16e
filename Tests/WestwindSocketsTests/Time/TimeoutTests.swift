import Testing
import WestwindSockets

struct TimeoutTests {
  @Test func `nothing to wait for is the same in every unit`() {
    #expect(Timeout.milliseconds(0) == .immediate)
    #expect(Timeout.seconds(0) == .immediate)
    #expect(Timeout(.zero) == .immediate)
  }

  @Test(arguments: [-1, -1_000_000_000, .min])
  func `a negative number acts as none`(_ count: Int) {
    #expect(Timeout.milliseconds(count) == .immediate)
    #expect(Timeout.seconds(count) == .immediate)
  }

  @Test(arguments: [
    Duration.nanoseconds(-1), .milliseconds(-1), .seconds(-1), .seconds(Int64.min), .milliseconds(-1500),
    .seconds(-1) + .milliseconds(999),
  ])
  func `a negative duration acts as none`(_ duration: Duration) {
    #expect(Timeout(duration) == .immediate)
  }

  @Test func `more than can be counted is without end`() {
    #expect(Timeout.milliseconds(.max) == .forever)
    #expect(Timeout.seconds(.max) == .forever)
    #expect(Timeout(.seconds(Int64.max)) == .forever)
    #expect(Timeout(.seconds(Int64.max) + .nanoseconds(999_999_999)) == .forever)
    #expect(Timeout(.seconds(9_223_372_036) + .nanoseconds(854_775_808)) == .forever)
  }

  @Test func `the longest that can be counted is not without end`() {
    #expect(Timeout.seconds(9_223_372_036) != .forever)
    #expect(Timeout.seconds(9_223_372_037) == .forever)
    #expect(Timeout.milliseconds(9_223_372_036_854) != .forever)
    #expect(Timeout.milliseconds(9_223_372_036_855) == .forever)
    #expect(Timeout(.seconds(9_223_372_036) + .nanoseconds(854_775_806)) != .forever)
  }

  @Test func `units and durations agree`() {
    #expect(Timeout.seconds(3) == .milliseconds(3000))
    #expect(Timeout(.seconds(3)) == .seconds(3))
    #expect(Timeout(.milliseconds(1234)) == .milliseconds(1234))
    #expect(Timeout(.seconds(1) + .milliseconds(500)) == .milliseconds(1500))
    #expect(Timeout(.microseconds(1)) != .immediate)
    #expect(Timeout(.nanoseconds(1)) != .immediate)
    #expect(Timeout(.nanoseconds(1)) != Timeout(.nanoseconds(2)))
  }
}
