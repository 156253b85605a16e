/// The names on the wire (RFC 7692 7, 7.1).
enum Names {
  static let permessageDeflate = "permessage-deflate"
  static let serverNoContextTakeover = "server_no_context_takeover"
  static let clientNoContextTakeover = "client_no_context_takeover"
  static let serverMaxWindowBits = "server_max_window_bits"
  static let clientMaxWindowBits = "client_max_window_bits"
}

/// The window that both sides have where nothing is said (RFC 7692 7.1.2).
let largestWindowBits = 15

extension Int {
  /// Window bits as the options promise them: the nearest that there are.
  var asWindowBits: Int { Swift.min(Swift.max(self, 8), largestWindowBits) }
}

/// The parameters of one offer or answer, each checked for itself (RFC 7692 7.1).
struct WrittenParameters {
  enum Place {
    case offer, answer
  }

  var serverNoContextTakeover = false
  var clientNoContextTakeover = false
  var serverMaxWindowBits: Int?
  /// Whether the parameter is there at all: in an offer it may be without a value.
  var hasClientMaxWindowBits = false
  var clientMaxWindowBits: Int?

  init() {}

  init(_ extension: WebSocketExtension, in place: Place) throws(NegotiationError) {
    var seen: Set<String> = []
    for parameter in `extension`.parameters {
      let name = parameter.name
      switch name {
      case Names.serverNoContextTakeover:
        try Self.checkNoValue(parameter)
        serverNoContextTakeover = true
      case Names.clientNoContextTakeover:
        try Self.checkNoValue(parameter)
        clientNoContextTakeover = true
      case Names.serverMaxWindowBits:
        serverMaxWindowBits = try Self.windowBits(parameter)
      case Names.clientMaxWindowBits:
        hasClientMaxWindowBits = true
        if place == .answer || parameter.value != nil { clientMaxWindowBits = try Self.windowBits(parameter) }
      default:
        throw .unknownParameter(name)
      }
      guard seen.insert(name).inserted else { throw .duplicateParameter(name) }
    }
  }

  /// The extension with these parameters.
  var written: WebSocketExtension {
    var result = WebSocketExtension(Names.permessageDeflate)
    if serverNoContextTakeover { result.parameters.append(.init(Names.serverNoContextTakeover)) }
    if clientNoContextTakeover { result.parameters.append(.init(Names.clientNoContextTakeover)) }
    if let serverMaxWindowBits {
      result.parameters.append(.init(Names.serverMaxWindowBits, String(serverMaxWindowBits)))
    }
    if hasClientMaxWindowBits {
      result.parameters.append(.init(Names.clientMaxWindowBits, clientMaxWindowBits.map { String($0) }))
    }
    return result
  }

  private static func checkNoValue(_ parameter: WebSocketExtension.Parameter) throws(NegotiationError) {
    if let value = parameter.value { throw .valueNotAllowed(parameter.name, value: value) }
  }

  /// RFC 7692 7.1.2.1: a decimal number from 8 to 15 without leading zeros.
  private static func windowBits(_ parameter: WebSocketExtension.Parameter) throws(NegotiationError) -> Int {
    guard let value = parameter.value else { throw .valueMissing(parameter.name) }
    switch value {
    case "8": return 8
    case "9": return 9
    case "10": return 10
    case "11": return 11
    case "12": return 12
    case "13": return 13
    case "14": return 14
    case "15": return 15
    default: throw .valueOutOfRange(parameter.name, value: value)
    }
  }
}
