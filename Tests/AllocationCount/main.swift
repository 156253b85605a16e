// Sends and receives frames over connections of its own, and prints how often each kind of frame asked for memory: a
// line each, `allocations kind`. A program of its own, because a test runner allocates whenever an error is thrown, and
// because the counter takes the place of the C library's `malloc`.

import TestSupport

for role in Ends.Role.allCases {
  for size in [0, 1, 125, 126, 5000, 70_000] {
    print(try countSending(as: role, size: size), "sending \(size) bytes as a \(role)")
  }
  for reading in Reading.allCases {
    for waits in [true, false] {
      let count = try countReceiving(as: role, reading, waitsWithoutEnd: waits)
      print(count, "receiving by \(reading) as a \(role)\(waits ? "" : ", with a timeout")")
    }
  }
}
print(countKnown(), "for the sake of comparison")
