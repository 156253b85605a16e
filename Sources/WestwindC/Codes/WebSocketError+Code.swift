package import SystemPackage
package import Westwind
internal import WestwindPlatform

extension WebSocketError {
  /// The table of codes: what a function of Zephyr's says for this error. It is `errno`, but for the rows here.
  package func code(of function: Function) -> Errno {
    switch (function, self) {
    // Zephyr looks for a free descriptor of its own table.
    case (.connect, .system(.tooManyOpenFiles)), (.connect, .system(.tooManyOpenFilesInSystem)),
      (.register, .system(.tooManyOpenFiles)), (.register, .system(.tooManyOpenFilesInSystem)):
      Errno(rawValue: ENOSPC)
    // Whatever else goes wrong with the socket in a handshake.
    case (.connect, .badDescriptor), (.connect, .system): .connectionAbort
    // A number of no use is no WebSocket for this one, whatever else it may be.
    case (.unregister, .badDescriptor): .noSuchFileOrDirectory
    default: errno
    }
  }
}
