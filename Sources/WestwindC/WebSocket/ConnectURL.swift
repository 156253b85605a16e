// swift-format-ignore-file: AlwaysUseLowerCamelCase

public import CWestwind
internal import Westwind
internal import WestwindConnecting
internal import WestwindPlatform
internal import WestwindSockets

@c @implementation
public func westwind_connect_url(
  _ url: UnsafePointer<CChar>?, _ options: UnsafePointer<westwind_connect_options>?, _ timeout: Int32,
  _ error: UnsafeMutablePointer<westwind_error>?
) -> CInt {
  unsafe outcome(telling: error) { () throws(CallFailure) in
    guard let url = try unsafe text(url, "url") else { throw .argument("url is NULL") }
    let call = try unsafe ConnectCall(options)
    let connection = try call.run { () throws(WebSocketError) in
      try websocketConnect(
        url: url, request: call.request(), options: call.options,
        timeout: Timeout(milliseconds: timeout, byDefault: .connect))
    }
    return connection.descriptorOwningAll().rawValue
  }
}

@c @implementation
public func westwind_connect(
  _ sock: CInt, _ host: UnsafePointer<CChar>?, _ target: UnsafePointer<CChar>?,
  _ options: UnsafePointer<westwind_connect_options>?, _ timeout: Int32,
  _ error: UnsafeMutablePointer<westwind_error>?
) -> CInt {
  unsafe outcome(telling: error) { () throws(CallFailure) in
    guard let host = try unsafe text(host, "host") else { throw .argument("host is NULL") }
    guard let target = try unsafe text(target, "target") else { throw .argument("target is NULL") }
    let call = try unsafe ConnectCall(options)
    if let member = call.urlMember { throw .argument("\(member) is for westwind_connect_url: leave it out") }
    var request = call.request()
    request.host = host
    request.url = target
    return try call.run { () throws(WebSocketError) in
      try websocketConnect(
        SocketDescriptor(rawValue: sock), request, timeout: Timeout(milliseconds: timeout, byDefault: .handshake)
      ).rawValue
    }
  }
}

@c @implementation
public func westwind_url(_ ws: CInt, _ text: UnsafeMutablePointer<CChar>?, _ size: Int) -> CInt {
  outcome(telling: nil) { () throws(CallFailure) in
    guard size >= 0, unsafe text != nil || size == 0 else { throw .argument("text is NULL") }
    let url = try asCallFailure { () throws(WebSocketError) in
      try WebSocketDescriptor(rawValue: ws).connectedURL()
    }
    guard let url = url?.description else { throw .webSocket(.notAWebSocket) }
    // Sound: the program says how much room there is.
    unsafe url.copy(to: UnsafeMutableRawBufferPointer(start: text, count: size))
    return CInt(clamping: url.utf8.count)
  }
}

extension Timeout {
  /// As everywhere; and `WESTWIND_DEFAULT_TIMEOUT` is what Kconfig says.
  init(milliseconds: Int32, byDefault other: Timeout) {
    self = milliseconds == WESTWIND_DEFAULT_TIMEOUT ? other : Timeout(milliseconds: milliseconds)
  }
}
