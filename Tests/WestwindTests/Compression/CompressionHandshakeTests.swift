import PerMessageDeflate
import SystemPackage
import Testing
import WebSocketProtocol
import Westwind
import WestwindSockets
import WestwindTestSupport

/// permessage-deflate in the opening handshake (RFC 7692 7.1).
struct CompressionHandshakeTests {
  @Test(
    arguments: [
      ([], nil), (["permessage-deflate"], .init()),
      (["permessage-deflate; server_no_context_takeover"], .init(serverNoContextTakeover: true)),
      (["permessage-deflate;client_no_context_takeover"], .init(clientNoContextTakeover: true)),
      (["permessage-deflate; server_max_window_bits=8"], .init(serverMaxWindowBits: 8)),
      (["permessage-deflate; client_max_window_bits=\"12\""], .init(clientMaxWindowBits: 12)),
    ] as [([String], PerMessageDeflateParameters?)])
  func `an answer is agreed to, or none, told to onResponse and to whoever asks the descriptor`(
    lines: [String], parameters: PerMessageDeflateParameters?
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
      #expect(request.values("Sec-WebSocket-Extensions") == ["permessage-deflate; client_max_window_bits"])
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
      (["permessage-deflate, x-other"], .extensionNotOffered("x-other")),
      (["x-webkit-deflate-frame"], .extensionNotOffered("x-webkit-deflate-frame")),
      (["permessage-deflate; ="], .malformed("permessage-deflate; =")),
    ] as [([String], NegotiationError)])
  func `an answer that is none is refused with its cause, and onResponse has seen the response`(
    lines: [String], cause: NegotiationError
  ) throws {
    let attempt = try attempt {
      $0.options.compression = PerMessageDeflateOptions()
    } answer: {
      response($0.acceptanceLines + lines.map { "Sec-WebSocket-Extensions: \($0)" })
    }
    #expect(attempt.error?.handshake?.cause == .extensions(cause))
    #expect(attempt.error?.errno == .connectionAbort)
    #expect(attempt.error?.handshake?.response?.status == 101)
    #expect(attempt.error?.description.hasPrefix("the handshake failed: ") == true)
    #expect(attempt.responses.count == 1)
    #expect(attempt.responses.first?.compression == nil)
  }
}
