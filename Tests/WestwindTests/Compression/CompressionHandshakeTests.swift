import PerMessageDeflate
import SystemPackage
import Testing
import WebSocketProtocol
import Westwind
import WestwindSockets
import WestwindTestSupport

/// permessage-deflate in the opening handshake (RFC 7692 7.1).
struct CompressionHandshakeTests {
  /// Connects with an offer, to a server that answers with these lines.
  private func connect(
    answering lines: [String], _ change: (inout PerMessageDeflateOptions) -> Void = { _ in }
  ) throws -> Attempt {
    try attempt {
      var compression = PerMessageDeflateOptions()
      change(&compression)
      $0.options.compression = compression
    } answer: {
      response($0.acceptanceLines + lines.map { "Sec-WebSocket-Extensions: \($0)" })
    }
  }

  @Test(
    arguments: [
      (wishes { _ in }, "permessage-deflate; client_max_window_bits"),
      (wishes { $0.offersClientMaxWindowBits = false }, "permessage-deflate"),
      (
        wishes { $0.serverNoContextTakeover = true },
        "permessage-deflate; server_no_context_takeover; client_max_window_bits"
      ),
      (
        wishes {
          $0.clientNoContextTakeover = true
          $0.serverMaxWindowBits = 10
          $0.clientMaxWindowBits = 9
        },
        "permessage-deflate; client_no_context_takeover; server_max_window_bits=10; client_max_window_bits=9"
      ),
    ])
  func `the offer is one field, and says what is asked for`(
    compression: PerMessageDeflateOptions, text: String
  ) throws {
    let (socket, peer) = try memoryPair()
    let offers = Offers()
    try withAttempt(socket, peer) {
      $0.options.compression = compression
    } peer: {
      let request = try $0.readHead()
      offers.values.withLock { $0 = request.values("Sec-WebSocket-Extensions") }
      try $0.write(request.acceptance)
    } _: {
      let ws = try $0.result.get()
      #expect(try ws.compression() == nil)
      #expect($0.responses.first?.compression == nil)
    }
    #expect(offers.values.withLock { $0 } == [text])
  }

  private final class Offers: Sendable {
    let values = Lock<[String]>([])
  }

  @Test func `without the option nothing is offered, and an answer is refused`() throws {
    let attempt = try attempt { request in
      #expect(request.value("Sec-WebSocket-Extensions") == nil)
      return response(request.acceptanceLines + ["Sec-WebSocket-Extensions: permessage-deflate"])
    }
    #expect(attempt.error?.handshake?.cause == .text(.extensionNotOffered))
  }

  @Test(
    arguments: [
      (["permessage-deflate"], .init()),
      (["permessage-deflate; server_no_context_takeover"], .init(serverNoContextTakeover: true)),
      (["permessage-deflate;client_no_context_takeover"], .init(clientNoContextTakeover: true)),
      (["permessage-deflate; server_max_window_bits=8"], .init(serverMaxWindowBits: 8)),
      (["permessage-deflate; client_max_window_bits=\"12\""], .init(clientMaxWindowBits: 12)),
    ] as [([String], PerMessageDeflateParameters)])
  func `an answer is agreed to, told to onResponse and to whoever asks the descriptor`(
    lines: [String], parameters: PerMessageDeflateParameters
  ) throws {
    let (socket, peer) = try memoryPair()
    try withAttempt(socket, peer) {
      $0.options.compression = PerMessageDeflateOptions()
      $0.onConnect = { ws, response in
        let agreed = try ws.compression()
        #expect(agreed == parameters)
        #expect(response.compression == parameters)
      }
    } peer: {
      let request = try $0.readHead()
      try $0.write(response(request.acceptanceLines + lines.map { "Sec-WebSocket-Extensions: \($0)" }))
    } _: {
      #expect($0.error == nil)
      let ws = try $0.result.get()
      #expect(try ws.compression() == parameters)
      #expect($0.responses.map { $0.compression } == [parameters])
    }
  }

  @Test(
    arguments: [
      (["permessage-deflate; server_max_window_bits=16"], .valueOutOfRange("server_max_window_bits", value: "16")),
      (["permessage-deflate; client_max_window_bits"], .valueMissing("client_max_window_bits")),
      (
        ["permessage-deflate; server_no_context_takeover=1"], .valueNotAllowed("server_no_context_takeover", value: "1")
      ),
      (["permessage-deflate; x"], .unknownParameter("x")),
      (
        ["permessage-deflate; server_max_window_bits=9; server_max_window_bits=9"],
        .duplicateParameter("server_max_window_bits")
      ),
      (["permessage-deflate", "permessage-deflate"], .extensionRepeated),
      (["permessage-deflate, x-other"], .extensionNotOffered("x-other")),
      (["x-webkit-deflate-frame"], .extensionNotOffered("x-webkit-deflate-frame")),
      (["permessage-deflate; ="], .malformed("permessage-deflate; =")),
    ] as [([String], NegotiationError)])
  func `an answer that is none is refused with its cause, and onResponse has seen the response`(
    lines: [String], cause: NegotiationError
  ) throws {
    let attempt = try connect(answering: lines)
    #expect(attempt.error?.handshake?.cause == .extensions(cause))
    #expect(attempt.error?.errno == .connectionAbort)
    #expect(attempt.error?.handshake?.response?.status == 101)
    #expect(attempt.error?.description.hasPrefix("the handshake failed: ") == true)
    #expect(attempt.responses.count == 1)
    #expect(attempt.responses.first?.compression == nil)
  }

  @Test func `what was asked for and is not answered is refused`() throws {
    #expect(
      try connect(answering: ["permessage-deflate"]) { $0.serverNoContextTakeover = true }.error?.handshake?.cause
        == .extensions(.parameterMissing("server_no_context_takeover")))
    #expect(
      try connect(answering: ["permessage-deflate; server_max_window_bits=11"]) { $0.serverMaxWindowBits = 10 }
        .error?.handshake?.cause == .extensions(.windowLargerThanOffered(11, offered: 10)))
    #expect(
      try connect(answering: ["permessage-deflate; client_max_window_bits=9"]) {
        $0.offersClientMaxWindowBits = false
      }.error?.handshake?.cause == .extensions(.parameterNotOffered("client_max_window_bits")))
  }
}

private func wishes(_ change: (inout PerMessageDeflateOptions) -> Void) -> PerMessageDeflateOptions {
  var wishes = PerMessageDeflateOptions()
  change(&wishes)
  return wishes
}
