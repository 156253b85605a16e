internal import CWestwind
internal import HTTPTypes
internal import Westwind

extension http_response {
  mutating func take(_ response: HandshakeResponse) {
    http_status_code = UInt16(clamping: response.status)
    content_length = response.body.count
    message_complete = 1
    // Sound: the copy is cut to leave the last byte, which is zero as the structure was made.
    unsafe withUnsafeMutableBytes(of: &http_status) { text in
      unsafe text.copyBytes(from: response.reason.utf8.prefix(text.count - 1))
    }
  }
}

extension http_parser {
  mutating func take(_ response: HandshakeResponse) {
    unsafe http_major = 1
    unsafe http_minor = 1
    unsafe status_code = UInt32(clamping: response.status)
    unsafe upgrade = response.status == 101 ? 1 : 0
    unsafe content_length = UInt64(response.body.count)
  }
}

extension http_parser_settings {
  /// Calls what there is to call, in the order of a response.
  func tell(_ response: HandshakeResponse, by parser: UnsafeMutablePointer<http_parser>) {
    _ = unsafe on_message_begin?(parser)
    unsafe tell(response.reason, to: on_status, by: parser)
    for field in response.fields {
      unsafe tell(field.name.rawName, to: on_header_field, by: parser)
      unsafe tell(field.value, to: on_header_value, by: parser)
    }
    _ = unsafe on_headers_complete?(parser)
    if !response.body.isEmpty { unsafe tell(response.body, to: on_body, by: parser) }
    _ = unsafe on_message_complete?(parser)
  }

  private func tell(_ text: String, to callback: http_data_cb?, by parser: UnsafeMutablePointer<http_parser>) {
    unsafe tell(Array(text.utf8), to: callback, by: parser)
  }

  /// Sound: the bytes are lent for the call, with their number.
  private func tell(_ bytes: [UInt8], to callback: http_data_cb?, by parser: UnsafeMutablePointer<http_parser>) {
    guard let callback = unsafe callback else { return }
    // The callback may do as if there was a string, if an empty one.
    let bytes = bytes + [0]
    unsafe bytes.withUnsafeBytes { bytes in
      _ = unsafe callback(parser, bytes.baseAddress!.assumingMemoryBound(to: CChar.self), bytes.count - 1)
    }
  }
}
