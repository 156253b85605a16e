import Glibc

/// How late a call may come back behind its deadline: the milliseconds that `WESTWIND_LATENESS` says, or 5 s, since in a suite
/// that runs many tests at once a thread waits for its turn. 250 is kept on a machine that runs nothing else.
public func lateness() -> Duration {
  guard let text = getenv("WESTWIND_LATENESS"), let milliseconds = Int(String(cString: text)) else {
    return .seconds(5)
  }
  return .milliseconds(milliseconds)
}
