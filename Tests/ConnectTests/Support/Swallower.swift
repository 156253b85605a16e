import SystemPackage
import WestwindSockets
import WestwindTestSupport

/// A listening socket whose queue is full: whoever connects gets no answer, neither yes nor no.
struct Swallower {
  let address: SocketAddress
  private var sockets: [SocketDescriptor] = []

  init(at address: SocketAddress = .loopback(port: 0)) throws {
    let listener = try SocketDescriptor.open(address.family!)
    sockets.append(listener)
    try listener.bind(to: address)
    try listener.listen(backlog: 0)
    self.address = try listener.getsockname()
    while true {
      guard sockets.count < 20 else { throw TestSupportError("the queue does not get full") }
      let client = try SocketDescriptor.open(address.family!)
      sockets.append(client)
      do throws(Errno) {
        try client.connect(to: self.address, timeout: .milliseconds(200))
      } catch {
        guard error == .timedOut else { throw error }
        return
      }
    }
  }

  func close() {
    for socket in sockets { try? socket.close() }
  }
}
