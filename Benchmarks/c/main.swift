// How many calls a second the C functions make, beside the Swift calls that they are made of.
//
//   Scripts/package Benchmarks run -c release CBenchmark                    all
//   Scripts/package Benchmarks run -c release CBenchmark TURNS SIZE ...     so many turns of these sizes, for a profiler that counts
//
// Both kinds take turns, and what counts is the processor's time on this thread, the kernel's included, so that whatever
// else the machine does befalls both alike. A round on two WebSockets over one TCP connection is a frame there and back:
// two frames sent and two received. A round of MQTT is a message of QoS 0 published over TCP, to a broker that drops it.
import BenchmarkSupport
import CWestwind
import Glibc
import Westwind
import WestwindC
import WestwindSockets

let rounds = 2_000
let arguments = CommandLine.arguments.dropFirst().compactMap { Int($0) }
let turns = arguments.first ?? 60
let sizes = arguments.count > 1 ? Array(arguments.dropFirst()) : [0, 125, 4096]
precondition(sizes.allSatisfy { (0...4096).contains($0) }, "sizes are from 0 to 4096 bytes")

print("WebSocket frames\nbytes   Swift calls/s   C calls/s   C / Swift")
for size in sizes {
  let pair = try SocketPair()
  try compare(
    size: size, calls: 4, bySwift: { try exchangeBySwift(pair, size: size) },
    byC: { try exchangeByC(pair, size: size) })
  try pair.close()
}
print("MQTT messages")
for size in sizes {
  let pair = try PublisherPair()
  try compare(
    size: size, calls: 1, bySwift: { try pair.publishBySwift(size: size) }, byC: { pair.publishByC(size: size) })
  try pair.close()
}

/// Prints a line: bytes, Swift's calls a second, C's, and the ratio of both.
///
/// - Parameter calls: those of a round.
func compare(size: Int, calls: Int, bySwift swiftRound: () throws -> Void, byC cRound: () throws -> Void) throws {
  var bySwift: [Double] = []
  var byC: [Double] = []
  for turn in 0...turns {
    // Either is first as often as the other.
    for isC in turn % 2 == 0 ? [true, false] : [false, true] {
      let rate = try callsPerSecond(calls, isC ? cRound : swiftRound)
      guard turn > 0 else { continue }  // what is done once is done
      if isC { byC.append(rate) } else { bySwift.append(rate) }
    }
  }
  // Of each turn the ratio, and of the ratios the median: the turns differ more than the kinds of call.
  let ratio = median(zip(byC, bySwift).map { $0 / $1 })
  print("\(pad(size, 5))   \(pad(Int(median(bySwift)), 13))   \(pad(Int(median(byC)), 9))   \(rounded(ratio))")
}

func callsPerSecond(_ calls: Int, _ round: () throws -> Void) rethrows -> Double {
  let start = processorSeconds()
  for _ in 0..<rounds { try round() }
  return Double(calls * rounds) / (processorSeconds() - start)
}

/// What this thread has used.
func processorSeconds() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}

func median(_ values: [Double]) -> Double { values.isEmpty ? 0 : values.sorted()[values.count / 2] }
func rounded(_ value: Double) -> Double { (value * 1000).rounded() / 1000 }
func pad(_ number: Int, _ width: Int) -> String {
  String(repeating: " ", count: max(0, width - "\(number)".count)) + "\(number)"
}
