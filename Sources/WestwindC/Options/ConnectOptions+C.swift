internal import CWestwind
internal import HTTPTypes
internal import SystemPackage
internal import Westwind
internal import WestwindConnecting
internal import WestwindPlatform
internal import WestwindSockets

/// One call of `westwind_connect_url` or `westwind_connect`: what `struct westwind_connect_options` asks for, in Swift.
///
/// Sound as a whole: what the structure points to is valid during the call, which this object does not outlive, and the
/// callbacks are called on the thread of the call.
@safe final class ConnectCall {
  /// What to ask for, but for the callbacks.
  private var plainRequest = WebSocketRequest()
  private(set) var options = ConnectOptions()
  /// Something is set that is only for connecting by URL: its name.
  private(set) var urlMember: String?
  private let given: westwind_connect_options
  /// What `on_connect` returned, where it refused.
  private(set) var refusal: CInt?

  init(_ pointer: UnsafePointer<westwind_connect_options>?) throws(CallFailure) {
    unsafe given =
      try unsafe pointer.map { (pointer) throws(CallFailure) in try unsafe westwind_connect_options(pointer) }
      ?? westwind_connect_options()
    plainRequest.options = try unsafe WebSocketOptions(given.websocket)
    plainRequest.optionalHeaders = try unsafe texts(given.headers, "headers")
    plainRequest.subprotocols = try unsafe texts(given.subprotocols, "subprotocols")
    plainRequest.origin = try unsafe text(given.origin, "origin")
    try takeWay()
  }

  /// What only connecting by URL has.
  private func takeWay() throws(CallFailure) {
    switch unsafe given.max_redirects {
    case 0: break
    case -1: plainRequest.maxRedirects = 0
    case 1...5: plainRequest.maxRedirects = unsafe Int(given.max_redirects)
    default:
      throw unsafe .argument("max_redirects is \(given.max_redirects): it has to be -1 for none, 1 to 5, or 0")
    }
    switch try unsafe text(given.proxy, "proxy") {
    case nil: break
    case ""?: options.proxy = .none
    case let url?: options.proxy = .url(url)
    }
    options.unixPath = try unsafe text(given.unix_path, "unix_path")
    if options.unixPath != nil, case .url = options.proxy {
      throw .argument("unix_path and proxy are set: a path is reached without a proxy")
    }
    options.tls = try unsafe TLSOptions(given.tls)
    options.proxyTLS = try unsafe TLSOptions(given.proxy_tls)
    if let delay = try unsafe number(given.attempt_delay, in: 1...Int(Int32.max), "attempt_delay") {
      options.connectAttemptDelay = .milliseconds(delay)
    }
    let members: [(String, Bool)] = unsafe [
      ("max_redirects", given.max_redirects != 0), ("proxy", given.proxy != nil),
      ("unix_path", given.unix_path != nil), ("tls", given.tls != nil), ("proxy_tls", given.proxy_tls != nil),
      ("attempt_delay", given.attempt_delay != 0),
    ]
    urlMember = members.first { $0.1 }?.0
  }

  /// What to ask for. It refers to this object, which does not refer to it.
  func request() -> WebSocketRequest {
    var request = plainRequest
    if let show = unsafe given.on_response {
      request.onResponse = { [self] in unsafe withStructure($0) { unsafe show($0, given.user_data) } }
    }
    if let accept = unsafe given.on_connect {
      request.onConnect = { [self] ws, response in
        let answer = unsafe withStructure(response) { unsafe accept(ws.rawValue, $0, given.user_data) }
        guard answer < 0 else { return }
        refusal = answer
        throw Errno(negative: answer)
      }
    }
    return request
  }

  /// Runs a connect; one that `on_connect` refused fails with the program's number.
  func run<R: ~Copyable>(_ body: () throws(WebSocketError) -> R) throws(CallFailure) -> R {
    do throws(WebSocketError) {
      return try body()
    } catch {
      if case .refused = error, let refusal { throw .refused(refusal) }
      throw .webSocket(error)
    }
  }
}

/// Shows a response to a callback, during which it is valid.
private func withStructure<R>(_ response: HandshakeResponse, _ body: (UnsafePointer<westwind_response>) -> R) -> R {
  var memory = LentMemory()
  defer { memory.free() }
  var structure = unsafe westwind_response()
  unsafe structure.status = CInt(clamping: response.status)
  unsafe structure.reason = memory.string(response.reason)
  unsafe (structure.fields, structure.field_count) = memory.fields(response.fields)
  unsafe structure.body = memory.bytes(response.body)
  unsafe structure.body_length = response.body.count
  if let subprotocol = response.subprotocol { unsafe structure.subprotocol = memory.string(subprotocol) }
  unsafe structure.is_compressed = response.compression != nil
  return unsafe body(&structure)
}

/// Memory that is lent to a callback of the program's. It is freed by a call and not in a `deinit`, since only the program knows
/// that it is in use.
///
/// Sound: each piece is allocated here with the size that is written to it, and freed once.
@safe struct LentMemory: ~Copyable {
  private var pieces: [UnsafeMutableRawPointer] = unsafe []

  /// Frees all of it. To be called once, when the callback has returned.
  mutating func free() {
    unsafe pieces.forEach { unsafe $0.deallocate() }
    unsafe pieces = []
  }

  /// With a NUL behind them.
  mutating func bytes(_ bytes: [UInt8]) -> UnsafePointer<UInt8> {
    unsafe UnsafePointer(array(bytes + [0]))
  }

  mutating func string(_ text: String) -> UnsafePointer<CChar> {
    unsafe UnsafeRawPointer(bytes(Array(text.utf8))).assumingMemoryBound(to: CChar.self)
  }

  /// The strings, and a NULL behind the last.
  mutating func strings(_ texts: [String]) -> UnsafePointer<UnsafePointer<CChar>?> {
    var pointers: [UnsafePointer<CChar>?] = unsafe []
    for text in texts { unsafe pointers.append(string(text)) }
    unsafe pointers.append(nil)
    return unsafe UnsafePointer(array(pointers))
  }

  mutating func fields(_ fields: HTTPFields) -> (UnsafePointer<westwind_field>, Int) {
    var structures: [westwind_field] = unsafe []
    for field in fields {
      unsafe structures.append(westwind_field(name: string(field.name.rawName), value: string(field.value)))
    }
    return unsafe (UnsafePointer(array(structures)), structures.count)
  }

  private mutating func array<T>(_ values: [T]) -> UnsafeMutablePointer<T> {
    let memory = UnsafeMutablePointer<T>.allocate(capacity: max(1, values.count))
    unsafe memory.initialize(from: values, count: values.count)
    unsafe pieces.append(UnsafeMutableRawPointer(memory))
    return unsafe memory
  }
}
