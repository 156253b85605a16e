import Glibc
import PerMessageDeflate

extension PerMessageDeflateParameters {
  /// What a client offers who wants just this. Every message is compressed, so that all of them prove something.
  var wishes: PerMessageDeflateOptions {
    var options = PerMessageDeflateOptions()
    options.serverNoContextTakeover = serverNoContextTakeover
    options.clientNoContextTakeover = clientNoContextTakeover
    options.serverMaxWindowBits = serverMaxWindowBits
    options.clientMaxWindowBits = clientMaxWindowBits
    options.minimumSize = 0
    return options
  }

  /// The arguments for `websockets_echo.py`.
  var arguments: [String] {
    [
      serverNoContextTakeover ? "1" : "0", clientNoContextTakeover ? "1" : "0", "\(serverMaxWindowBits)",
      "\(clientMaxWindowBits)",
    ]
  }

  init(arguments: [String]) {
    self.init(
      serverNoContextTakeover: arguments[0] == "1", clientNoContextTakeover: arguments[1] == "1",
      serverMaxWindowBits: Int(arguments[2])!, clientMaxWindowBits: Int(arguments[3])!)
  }

  /// With these, as many frames are exchanged as without compression.
  static let thorough = [
    Self(), Self(serverNoContextTakeover: true, clientNoContextTakeover: true),
    Self(serverMaxWindowBits: 9, clientMaxWindowBits: 8),
    Self(serverNoContextTakeover: true, serverMaxWindowBits: 10, clientMaxWindowBits: 11),
  ]

  /// Frames for each of `everyWindow`; `WESTWIND_FRAMES_PER_WINDOW=10000` for the long run.
  static let framesPerWindow = max(
    1, getenv("WESTWIND_FRAMES_PER_WINDOW").flatMap { Int(String(cString: $0)) } ?? 1000)

  /// Every size of window both ways, with the context and without: some frames each. Python's zlib makes no stream
  /// with a window of 8 bits; it reads one.
  static let everyWindow = [false, true].flatMap { isForgotten in
    (8...15).map { bits in
      Self(
        serverNoContextTakeover: isForgotten, clientNoContextTakeover: isForgotten,
        serverMaxWindowBits: max(9, bits), clientMaxWindowBits: bits)
    }
  }
}
