internal import Glibc
internal import SystemPackage
internal import Westwind

/// What a function of `<zephyr/net/websocket.h>` returns: the body's number, or the error's code with a minus before it.
func outcome(of function: Function, _ body: () throws(WebSocketError) -> CInt) -> CInt {
  do throws(WebSocketError) {
    return try body()
  } catch {
    return -error.code(of: function).rawValue
  }
}

/// What a socket call returns: the body's number, or -1 with `errno`.
func outcome<I: FixedWidthInteger & SignedInteger>(_ body: () throws(Errno) -> I) -> I {
  do throws(Errno) {
    return try body()
  } catch {
    errno = error.rawValue
    return -1
  }
}

/// What a system call that is made again while a signal interrupts it returns.
func systemCall<I: FixedWidthInteger & SignedInteger>(_ call: () -> I) throws(Errno) -> I {
  while true {
    let value = call()
    if value != -1 { return value }
    guard errno == EINTR else { throw Errno(rawValue: errno) }
  }
}
