internal import WestwindConfiguration

/// What a side wishes for its compression (RFC 7692), and how hard it tries. Every default comes from `Kconfig`.
///
/// The first four are negotiated: a client offers them, a server answers with what both can do, and
/// ``PerMessageDeflateParameters`` says what came of it. The others concern this side alone.
public struct PerMessageDeflateOptions: Sendable, Hashable {
  /// Whether this build has compression: `WEBSOCKET_PERMESSAGE_DEFLATE`.
  public static var isSupported: Bool { BuildConfiguration.WEBSOCKET_PERMESSAGE_DEFLATE }

  /// The server compresses each message on its own, without reference to those before it (RFC 7692 7.1.1.1). Similar
  /// messages then shrink much less; in exchange the client keeps no window between messages. A client that sets this
  /// refuses a server that does not agree. Default: false.
  public var serverNoContextTakeover = false

  /// The same for what the client sends (RFC 7692 7.1.1.2); here the server is who saves the window. A client that
  /// sets it does so whatever the server answers. Default: false.
  public var clientNoContextTakeover = false

  /// The server's window as a power of two, 8 to 15 (256 bytes to 32 KiB; the nearest of these where it is outside).
  /// It is how far back in what it sends the server may refer, so it is what the client has to keep, and most of what
  /// the server needs to compress. Smaller: less memory on both sides, less compression. A limit: a client refuses a
  /// server that does not obey it. Default: `WEBSOCKET_DEFLATE_WINDOW_BITS`.
  public var serverMaxWindowBits = BuildConfiguration.WEBSOCKET_DEFLATE_WINDOW_BITS

  /// The client's window, 8 to 15 in the same way. A client never uses more, whatever the server answers. A server
  /// declines the offer of a client that cannot be held to less than 15. Default: `WEBSOCKET_DEFLATE_WINDOW_BITS`.
  public var clientMaxWindowBits = BuildConfiguration.WEBSOCKET_DEFLATE_WINDOW_BITS

  /// Whether a client tells the server that it may ask for a smaller window (RFC 7692 7.1.2.2). False is of use with a
  /// server that declines an offer with this parameter. Default: true.
  public var offersClientMaxWindowBits = true

  /// How hard to look for repetitions, 1 (fastest) to 9 (smallest); the nearest of these where it is outside. Default:
  /// `WEBSOCKET_DEFLATE_LEVEL`.
  public var compressionLevel = BuildConfiguration.WEBSOCKET_DEFLATE_LEVEL

  /// What the compressor spends on finding them, 1 to 9: it takes 2^(level + 9) bytes beside its window. Less is slower
  /// and compresses worse. Default: `WEBSOCKET_DEFLATE_MEMORY_LEVEL`.
  public var memoryLevel = BuildConfiguration.WEBSOCKET_DEFLATE_MEMORY_LEVEL

  /// Messages of fewer bytes are sent as they are (RFC 7692 6.1): they hardly shrink. A message in fragments is
  /// judged by its first. 0 compresses all. Default: `WEBSOCKET_DEFLATE_MINIMUM_SIZE`.
  public var minimumSize = BuildConfiguration.WEBSOCKET_DEFLATE_MINIMUM_SIZE

  public init() {}
}
