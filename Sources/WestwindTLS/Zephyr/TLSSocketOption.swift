/// The options of a TLS socket, for `setsockopt` and `getsockopt` with `level`: Zephyr's names and numbers. They are set
/// before `connect`, or on the listener. The lists can be read as they were set, cut to fit; not from a socket that `accept`
/// gave.
///
/// Where nothing is set, a client verifies the server's chain against the system's authorities, and wants `hostName`; a
/// server asks for no certificate.
public enum TLSSocketOption: CInt, Sendable, Hashable {
  /// Zephyr's `SOL_TLS`.
  public static let level: CInt = 282

  /// `TLS_SEC_TAG_LIST`, set and get: an array of `int`, the tags of the credentials to use. Where these have certificates of
  /// authorities, the system's are not believed. A tag of which there is no credential makes `connect` and `accept` fail with `EINVAL`.
  case securityTagList = 1
  /// `TLS_HOSTNAME`, set: the name that the server has to have; what is behind a NUL is ignored.
  /// An empty name is refused with `EINVAL`: it would verify nothing. `verifiesHostName` says that any name will do.
  case hostName = 2
  /// `TLS_CIPHERSUITE_LIST`, set and get: an array of `int`, the numbers of the suites that IANA gave, preferred first. Where no
  /// suite of a version is among them, that version goes by its own.
  case cipherSuiteList = 3
  /// `TLS_CIPHERSUITE_USED`, get: an `int`, the number of the suite that was agreed on.
  case cipherSuiteUsed = 4
  /// `TLS_PEER_VERIFY`, set: an `int`; 0: the peer is not verified; 1: it is, and what is wrong is told by
  /// `certificateVerifyResult` but ends nothing; 2: it is, and has to be good.
  case peerVerify = 5
  /// `TLS_ALPN_LIST`, set and get: the protocols' names, each with a NUL behind it. (C's array of pointers does not fit bytes.)
  case applicationProtocolList = 7
  /// `TLS_SESSION_CACHE`, set: an `int`; 1: sessions are kept in the process, and resumed.
  case sessionCache = 12
  /// `TLS_SESSION_CACHE_PURGE`, set, any value: forgets all sessions.
  case sessionCachePurge = 13
  /// `TLS_CERT_VERIFY_RESULT`, get: an `int`; 0: all is well; else a sum of what is wrong: 1 expired, 2 revoked, 4 the
  /// name, 8 no trusted authority, 64 no certificate, 256 anything else, 512 not yet valid, 16384 a weak signature,
  /// 65536 a small key.
  case certificateVerifyResult = 19
  /// No option of Zephyr's. Set on a listener: an `int`, how many milliseconds a client may take to shake hands within
  /// `accept`; 1 at least. Default: `NET_SOCKETS_TLS_HANDSHAKE_TIMEOUT_MS`.
  case handshakeTimeout = 1001
  /// No option of Zephyr's. Set: texts as `TLSPin.init(_:)` reads them, with semicolons between them; empty: none. As
  /// `TLSOptions.pins`.
  case pins = 1002
  /// No option of Zephyr's, where a host name that is NULL says so. Set: an `int`; 0: any name will do, as with
  /// `TLSOptions.verifiesHostName` off.
  case verifiesHostName = 1003
  /// No option of Zephyr's. Set on a client: an `int`, one of `OCSPStapling`. Default: `asked`.
  case stapling = 1004
}
