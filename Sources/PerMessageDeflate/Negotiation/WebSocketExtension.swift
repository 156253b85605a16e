/// One extension as `Sec-WebSocket-Extensions` names it, in an offer or in an answer (RFC 6455 9.1).
///
/// ```
/// extension-list  = 1#extension
/// extension       = extension-token *( ";" extension-param )
/// extension-param = token [ "=" (token | quoted-string) ]
/// ```
package struct WebSocketExtension: Sendable, Hashable {
  /// One parameter. Names and values are tokens (RFC 9110 5.6.2); a value that came as a quoted string is without its
  /// quotes and escapes.
  package struct Parameter: Sendable, Hashable {
    package var name: String
    /// nil where the parameter is its name alone.
    package var value: String?

    package init(_ name: String, _ value: String? = nil) {
      self.name = name
      self.value = value
    }
  }

  package var name: String
  /// In the order of the text; one that is there twice is here twice.
  package var parameters: [Parameter]

  package init(_ name: String, _ parameters: [Parameter] = []) {
    self.name = name
    self.parameters = parameters
  }

  /// The text for the header field. Values are written as tokens, which all peers read.
  package var text: String {
    parameters.reduce(name) { text, parameter in
      text + "; " + parameter.name + (parameter.value.map { "=" + $0 } ?? "")
    }
  }

  /// Reads all extensions that a head names, in the order in which it names them.
  ///
  /// - Parameter fieldValues: the values of every `Sec-WebSocket-Extensions` field of the head; several mean the same
  ///   as one with commas between. Empty elements of a list are passed over (RFC 9110 5.6.1).
  /// - Throws: `malformed` where the text is not of the grammar above. RFC 6455 9.1 asks both sides to fail the
  ///   connection then: a client gives up, a server answers 400.
  package static func parse(_ fieldValues: [[UInt8]]) throws(NegotiationError) -> [WebSocketExtension] {
    var extensions: [WebSocketExtension] = []
    for value in fieldValues {
      var parser = ExtensionListParser(value)
      guard let list = parser.list() else { throw .malformed(String(decoding: value, as: UTF8.self)) }
      extensions += list
    }
    return extensions
  }
}
