internal import WebSocketProtocol
internal import WestwindConnecting

/// The path of a `ws+unix` URL: the socket's own, and behind the first colon that of the request.
struct UnixURLPath {
  let socket: String
  let request: [UInt8]

  init(_ path: [UInt8]) throws(ServerURLError) {
    let colon = path.firstIndex(of: UInt8(ascii: ":")) ?? path.endIndex
    let request = Array(path[colon...].dropFirst())
    guard request.isEmpty || request[0] == UInt8(ascii: "/") else { throw .unixRequestPath }
    guard let socket = PercentEncoding.decode(Array(path[..<colon])) else { throw .percentEncoding }
    // `/` alone is a folder, and so is whatever ends in it.
    guard socket.first == UInt8(ascii: "/"), socket.last != UInt8(ascii: "/"), !socket.contains(0) else {
      throw .unixPath
    }
    self.socket = String(decoding: socket, as: UTF8.self)
    self.request = request
  }

  /// A socket's path as it stands in a URL: what would end it there, or begin an encoding, is encoded.
  static func escaped(_ path: String) -> [UInt8] {
    path.utf8.flatMap { byte in
      switch byte {
      case UInt8(ascii: ":"): Array("%3A".utf8)
      case UInt8(ascii: "%"): Array("%25".utf8)
      case UInt8(ascii: "?"): Array("%3F".utf8)
      default: [byte]
      }
    }
  }
}
