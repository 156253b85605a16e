internal import CWestwindLinux
internal import SystemPackage
internal import Westwind
internal import WestwindPlatform

/// Runs a call from C. The thread can be cancelled in it only while it waits, and ends when the body has ended: nothing may
/// be left to do behind it.
@inline(__always) func uncancelled<R>(_ body: () -> R) -> R {
  let state = cl_begin_call()
  let result = body()
  cl_end_call(state)
  return result
}

/// What a function of `<zephyr/net/websocket.h>` returns: the body's number, or the error's code with a minus before it.
func outcome(of function: Function, _ body: () throws(WebSocketError) -> CInt) -> CInt {
  uncancelled {
    do throws(WebSocketError) {
      return try body()
    } catch {
      return -error.code(of: function).rawValue
    }
  }
}

/// What a socket call returns: the body's number, or -1 with `errno`.
func outcome<I: FixedWidthInteger & SignedInteger>(_ body: () throws(Errno) -> I) -> I {
  uncancelled {
    do throws(Errno) {
      return try body()
    } catch {
      errno = error.rawValue
      return -1
    }
  }
}

/// What a system call that is made again while a signal interrupts it returns. The thread can be cancelled in it, as in the
/// call itself.
func systemCall<I: FixedWidthInteger & SignedInteger>(_ call: () -> I) throws(Errno) -> I {
  while true {
    cl_begin_cancellable()
    let value = call()
    cl_end_cancellable()
    if value != -1 { return value }
    guard errno == EINTR else { throw Errno(rawValue: errno) }
  }
}
