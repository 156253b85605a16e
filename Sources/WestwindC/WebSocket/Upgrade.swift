// swift-format-ignore-file: AlwaysUseLowerCamelCase

public import CWestwind
internal import HTTPTypes
internal import WebSocketProtocol
internal import Westwind
internal import WestwindConnecting
internal import WestwindPlatform
internal import WestwindSockets

@c @implementation
public func westwind_upgrade(
  _ sock: CInt, _ options: UnsafePointer<westwind_upgrade_options>?, _ timeout: Int32,
  _ error: UnsafeMutablePointer<westwind_error>?
) -> CInt {
  unsafe outcome(telling: error, isServer: true) { () throws(CallFailure) in
    // Sound: what the structure points to is valid during the call, and the callback is called on this thread.
    let given =
      try unsafe options.map { (options) throws(CallFailure) in try unsafe westwind_upgrade_options(options) }
      ?? westwind_upgrade_options()
    let webSocketOptions = try unsafe WebSocketOptions(given.websocket)
    let subprotocols = try unsafe texts(given.subprotocols, "subprotocols")
    for name in subprotocols where !HTTPField.Name.isToken(name) {
      throw .argument("the subprotocol '\(name.escaped)' is not a token")
    }
    var onRequest: ((HandshakeRequest) throws(HandshakeRefusal) -> Void)?
    if let judge = unsafe given.on_request {
      onRequest = { request throws(HandshakeRefusal) in
        let refusal = PendingRefusal()
        let status = withExtendedLifetime(refusal) {
          unsafe withStructure(request, socket: sock) { request in
            unsafe judge(request, OpaquePointer(Unmanaged.passUnretained(refusal).toOpaque()), given.user_data)
          }
        }
        guard status != 0 else { return }
        throw HandshakeRefusal(status: Int(status), fields: refusal.fields, body: refusal.body)
      }
    }
    return try asCallFailure { () throws(WebSocketError) in
      try websocketUpgrade(
        SocketDescriptor(rawValue: sock), subprotocols: subprotocols, options: webSocketOptions,
        timeout: Timeout(milliseconds: timeout, byDefault: .handshake), onRequest: onRequest
      ).rawValue
    }
  }
}

/// Shows a request to a callback, during which it is valid.
private func withStructure(
  _ request: HandshakeRequest, socket: CInt, _ body: (UnsafePointer<westwind_request>) -> CInt
) -> CInt {
  var memory = LentMemory()
  defer { memory.free() }
  var structure = unsafe westwind_request()
  unsafe structure.target = memory.string(request.target)
  unsafe structure.path = memory.string(request.path)
  if let origin = request.origin { unsafe structure.origin = memory.string(origin) }
  unsafe (structure.fields, structure.field_count) = memory.fields(request.fields)
  unsafe structure.subprotocols = memory.strings(request.subprotocols)
  unsafe structure.subprotocol_count = request.subprotocols.count
  unsafe structure.sock = socket
  return unsafe body(&structure)
}

// MARK: - struct westwind_refusal

/// What `struct westwind_refusal` is: the response as far as the callback has filled it in.
private final class PendingRefusal {
  var fields = HTTPFields()
  var body = ""

  /// Sound: the program has the pointer from the callback, in which the object is alive.
  static func of(_ pointer: OpaquePointer?) throws(CallFailure) -> PendingRefusal {
    guard let pointer = unsafe pointer else { throw .argument("refusal is NULL") }
    return unsafe Unmanaged<PendingRefusal>.fromOpaque(UnsafeRawPointer(pointer)).takeUnretainedValue()
  }
}

@c @implementation
public func westwind_refusal_add_field(
  _ refusal: OpaquePointer?, _ name: UnsafePointer<CChar>?, _ value: UnsafePointer<CChar>?
) -> CInt {
  outcome(telling: nil) { () throws(CallFailure) in
    let refusal = try unsafe PendingRefusal.of(refusal)
    guard let name = try unsafe text(name, "name"), let value = try unsafe text(value, "value") else {
      throw .argument("name or value is NULL")
    }
    let isOwn = ["connection", "content-length", "transfer-encoding"].contains(name.lowercased())
    guard !isOwn, let fieldName = HTTPField.Name(name),
      value.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 })
    else { throw .argument("the field cannot be in the response") }
    refusal.fields.append(HTTPField(name: fieldName, value: value))
    return 0
  }
}

@c @implementation
public func westwind_refusal_set_body(_ refusal: OpaquePointer?, _ body: UnsafePointer<CChar>?) -> CInt {
  outcome(telling: nil) { () throws(CallFailure) in
    let refusal = try unsafe PendingRefusal.of(refusal)
    guard let body = try unsafe text(body, "text") else { throw .argument("text is NULL") }
    refusal.body = body
    return 0
  }
}

extension HTTPField.Name {
  /// Whether a text is a token (RFC 9110 5.6.2), as a field's name and a subprotocol's are.
  fileprivate static func isToken(_ text: String) -> Bool { HTTPField.Name(text) != nil }
}
