import Glibc
import WestwindSockets

/// Megabytes in each direction; `WESTWIND_TLS_MEGABYTES=1025` for the long run.
let megabytes = max(1, getenv("WESTWIND_TLS_MEGABYTES").flatMap { Int(String(cString: $0)) } ?? 16)

func connectedOverTCP() throws -> (SocketDescriptor, SocketDescriptor) {
  let listener = try SocketDescriptor.open(.ipv4)
  defer { try? listener.close() }
  try listener.bind(to: .loopback(port: 0))
  try listener.listen()
  let client = try SocketDescriptor.open(.ipv4)
  try client.connect(to: listener.getsockname(), timeout: .seconds(10))
  return (client, try listener.accept(timeout: .seconds(10)))
}
