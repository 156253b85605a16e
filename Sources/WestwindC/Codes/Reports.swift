// swift-format-ignore-file: AlwaysUseLowerCamelCase

public import CWestwind
internal import SystemPackage
internal import Westwind
internal import WestwindPlatform
internal import WestwindSockets
internal import WestwindTLS

/// What a function of `<westwind/...>` returns: the body's number, or the failure's code. `error`, if there is one, is written
/// on every path.
func outcome(
  telling error: UnsafeMutablePointer<westwind_error>?, isServer: Bool = false,
  _ body: () throws(CallFailure) -> CInt
) -> CInt {
  uncancelled {
    do throws(CallFailure) {
      let value = try body()
      unsafe error?.clear()
      return value
    } catch let failure {
      unsafe error?.tell(failure, isServer: isServer)
      return failure.code
    }
  }
}

/// Runs a call of Swift's.
func asCallFailure<R>(_ body: () throws(WebSocketError) -> R) throws(CallFailure) -> R {
  do throws(WebSocketError) { return try body() } catch { throw .webSocket(error) }
}

@c @implementation
public func westwind_last_error(_ sock: CInt, _ error: UnsafeMutablePointer<westwind_error>?) -> CInt {
  outcome(telling: nil) { () throws(CallFailure) in
    guard let error = unsafe error else { throw .argument("error is NULL") }
    let socket = SocketDescriptor(rawValue: sock)
    guard socket.isOpen else { throw .webSocket(.badDescriptor) }
    let ws = WebSocketDescriptor(rawValue: sock)
    let below = ws.socketBelow
    let tls = tlsInfo(below ?? socket)
    guard below != nil || tls != nil else { throw .webSocket(.notAWebSocket) }
    unsafe error.clear()
    if let failure = tls?.lastError {
      unsafe error.pointee.code = -failure.errno.rawValue
      unsafe error.pointee.phase = CInt(WESTWIND_PHASE_TLS.rawValue)
      unsafe error.pointee.certificate = failure.certificate
      unsafe error.tell(text: failure.description)
    } else if let status = try? ws.closeStatus() {
      unsafe error.tell(.webSocket(.notConnected(status)))
    }
    return 0
  }
}
