import Glibc

/// How late a call may come back behind its deadline: 250 ms, and much more where the machine has more to do than it has
/// processors, since a thread then waits for its turn.
public func lateness() -> Duration {
  var load = 0.0
  let processors = sysconf(CInt(_SC_NPROCESSORS_ONLN))
  return getloadavg(&load, 1) == 1 && load < Double(processors) ? .milliseconds(250) : .seconds(5)
}
