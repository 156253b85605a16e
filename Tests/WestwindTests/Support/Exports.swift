import WebSocketProtocol
// The peer and its codec are in the hand of nearly every test here.
@_exported import WestwindTestCodec
@_exported import WestwindTestPeer

extension Role {
  static let all: [Role] = [.client, .server]
}

extension String {
  var bytes: [UInt8] { Array(utf8) }
}

extension [UInt8] {
  var text: String { String(decoding: self, as: UTF8.self) }
}
