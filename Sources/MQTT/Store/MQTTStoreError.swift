public import SystemPackage

/// Why a store does not keep a session.
public enum MQTTStoreError: Error, Sendable, Hashable {
  /// A call to the system failed, on this path.
  case system(Errno, path: String)
  /// The file is none of a store, or of a version that this build does not know.
  case notAStore(path: String)
  /// Another client has the file.
  case inUse(path: String)
  /// What the store remembers does not fit the client's `limits`: make them as large as before.
  case limitsTooSmall
}
