// swift-format-ignore-file: AlwaysUseLowerCamelCase

internal import CWestwind
internal import SystemPackage
internal import Westwind
internal import WestwindPlatform
internal import WestwindSockets

@c @implementation
public func websocket_disconnect(_ ws_sock: CInt) -> CInt {
  uncancelled {
    do throws(WebSocketError) {
      try websocketDisconnect(WebSocketDescriptor(rawValue: ws_sock), timeout: .immediate)
      return 0
    } catch {
      errno = error.code(of: .disconnect).rawValue
      return -1
    }
  }
}

@c @implementation
public func websocket_unregister(_ ws_sock: CInt) -> CInt {
  unregister(ws_sock)
}

/// - Parameter meanwhile: what another thread does at the wrong moment; a test has something there.
package func unregister(_ number: CInt, meanwhile: () -> Void = {}) -> CInt {
  guard number >= 0 else { return -EINVAL }
  let ws = WebSocketDescriptor(rawValue: number)
  return outcome(of: .unregister) { () throws(WebSocketError) in
    Layers.dropStale(number)
    _ = try ws.closeStatus()  // throws where it is no WebSocket
    meanwhile()
    do throws(WebSocketError) {
      try websocketUnregister(ws, timeout: .immediate)
    } catch {
      switch error {
      // It was one a moment ago; for another moment the number may still be open.
      case .badDescriptor, .notAWebSocket: return -EALREADY
      // CLOSE did not leave; both descriptors are free all the same.
      default: break
      }
    }
    return 0
  }
}
