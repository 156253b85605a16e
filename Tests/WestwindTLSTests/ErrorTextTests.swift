import Testing
import WestwindTLS

/// What a peer writes into its certificate cannot forge a second line of a log.
struct ErrorTextTests {
  @Test(arguments: [
    TLSError.unknownAuthority(issuer: "CN=a\u{85}b\u{2028}c\n"), .missingIntermediate(issuer: "CN=a\u{85}b\u{2029}c"),
    .noRevocationList(issuer: "CN=a\u{85}\r"), .certificateRefused("a\u{2028}"), .protocolError("a\u{85}"),
    .hostNameMismatch(expected: "a\u{2028}"), .addressMismatch(expected: "a\n"), .badConfiguration("a\u{85}"),
  ])
  func `an error's text is one line`(error: TLSError) {
    #expect(!error.description.contains { $0.isNewline })
    #expect(error.description.contains("a\\"))
  }
}
