public import SystemPackage

/// Why a store does not keep a session.
public enum MQTTStoreError: Error, Sendable, Hashable {
  /// A call to the system failed, on this path. A store that was at work stays failed: what it had said to be kept is
  /// kept, and is there for a new store on the path once the cause is mended.
  case system(Errno, path: String)
  /// The file is none of a store, or of a version that this build does not know.
  case notAStore(path: String)
  /// The file is a store's, but what stands from this byte on was not written so by a store: the disk, or somebody, has
  /// changed it. Nothing has been changed or dropped. Bring the file back from a copy; or move it away, and begin a new
  /// session.
  case damaged(path: String, offset: Int)
  /// Another client has the file.
  case inUse(path: String)
  /// What the store remembers is no session: an identifier comes twice in it, say. A store of your own is to be mended;
  /// a file, brought back from a copy.
  case recordsDoNotFit
}

extension MQTTStoreError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .system(let error, let path): "the store '\(path)' failed: \(error)"
    case .notAStore(let path): "'\(path)' is not a store, or one of another version"
    case .damaged(let path, let offset): "the store '\(path)' is damaged at byte \(offset): bring it back from a copy"
    case .inUse(let path): "the store '\(path)' is in use by another client"
    case .recordsDoNotFit: "what the store keeps is no session: its records contradict each other"
    }
  }
}
