// How many calls a second the C functions make, beside the Swift calls that they are made of.
//
//   swift run -c release CBenchmark
//
// Both kinds take turns on the same two WebSockets over one TCP connection of this process, and what counts is the
// processor's time, the kernel's included, so that whatever else the machine does befalls both alike. A round is a frame
// there and back: two frames sent and two received.
import CWestwind
import Glibc
import SocketLayer
import TestSupport
import WebSocket
import WestwindC

let rounds = 2_000
let turns = 60

print("bytes   Swift calls/s   C calls/s   C / Swift")
for size in [0, 125, 4096] {
  let pair = try SocketPair()
  var bySwift: [Double] = []
  var byC: [Double] = []
  for turn in 0...turns {
    // Either is first as often as the other.
    for isC in turn % 2 == 0 ? [true, false] : [false, true] {
      let rate = try callsPerSecond { try isC ? exchangeByC(pair, size: size) : exchangeBySwift(pair, size: size) }
      guard turn > 0 else { continue }  // what is done once is done
      if isC { byC.append(rate) } else { bySwift.append(rate) }
    }
  }
  // Of each turn the ratio, and of the ratios the median: the turns differ more than the kinds of call.
  let ratio = median(zip(byC, bySwift).map { $0 / $1 })
  print("\(pad(size, 5))   \(pad(Int(median(bySwift)), 13))   \(pad(Int(median(byC)), 9))   \(rounded(ratio))")
  try pair.close()
}

func callsPerSecond(_ exchange: () throws -> Void) rethrows -> Double {
  let start = processorSeconds()
  for _ in 0..<rounds { try exchange() }
  return Double(4 * rounds) / (processorSeconds() - start)
}

/// What this thread has used.
func processorSeconds() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}

func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }
func rounded(_ value: Double) -> Double { (value * 1000).rounded() / 1000 }
func pad(_ number: Int, _ width: Int) -> String {
  String(repeating: " ", count: max(0, width - "\(number)".count)) + "\(number)"
}
