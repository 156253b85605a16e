import Glibc

/// Time since it was made: by the clock, and of the processor for this process.
struct BenchClock {
  private let start = seconds(of: CLOCK_MONOTONIC)
  private let used = usage()

  /// What a client prints.
  var line: String {
    let seconds = seconds(of: CLOCK_MONOTONIC) - start
    let now = usage()
    return "{\"seconds\": \(seconds), \"user\": \(now.user - used.user), \"system\": \(now.system - used.system)}"
  }
}

private func seconds(of clock: clockid_t) -> Double {
  var time = timespec()
  clock_gettime(clock, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}

private func usage() -> (user: Double, system: Double) {
  var usage = rusage()
  getrusage(RUSAGE_SELF.rawValue, &usage)
  func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }
  return (seconds(usage.ru_utime), seconds(usage.ru_stime))
}

/// Bytes of memory that are this process's own.
func privateMemory() -> Int {
  guard let file = fopen("/proc/self/smaps_rollup", "r") else { return 0 }
  defer { fclose(file) }
  var line: UnsafeMutablePointer<CChar>?
  var capacity = 0
  defer { free(line) }
  while getline(&line, &capacity, file) > 0, let line {
    let words = String(cString: line).split(separator: " ")
    if words.first == "Private_Dirty:", let kilobytes = words.dropFirst().first.flatMap({ Int($0) }) {
      return kilobytes * 1024
    }
  }
  return 0
}

/// As many open files as this process may have: ten thousand connections need them.
func raiseFileLimit() {
  var limit = rlimit()
  getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
  limit.rlim_cur = limit.rlim_max
  setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
}
