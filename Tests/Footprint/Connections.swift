import Glibc
import PerMessageDeflate
import Westwind
import WestwindSockets
import WestwindTestSupport

/// What a thousand connections over TCP leave behind, both ends in this process: one of each `Ending` in turn, without
/// compression and with it.
func reportConnections() throws {
  let listener = try SocketDescriptor.open(.ipv4)
  try listener.bind(to: .loopback(port: 0))
  try listener.listen()
  // What is made once and kept is there after each way has been gone: zlib's memory, too, which the last connections of
  // this run leave for others, as do those of the next.
  try run(52 * Ending.allCases.count, over: listener)
  _ = allocatedBytes()

  // The thread has its wake descriptor from here on, whether or not it had to wait before.
  try Waker().withWaiting {}
  let before = (openDescriptors(), websocketContexts().count, threadCount())
  let memory = allocatedBytes()
  try run(1000, over: listener)
  let growth = allocatedBytes() - memory
  // A thread that has been joined may be on the kernel's list for a moment still.
  let deadline = ContinuousClock.now + .seconds(20)
  while threadCount() > before.2, .now < deadline { sched_yield() }
  print(openDescriptors().count - before.0.count, "descriptors")
  print(websocketContexts().count - before.1, "contexts")
  print(threadCount() - before.2, "threads")
  print(growth, "bytes")
}

private func run(_ count: Int, over listener: SocketDescriptor) throws {
  let server = BlockingThread {
    for number in 0..<count {
      let socket = try listener.accept(timeout: .seconds(60))
      try socket.sendAtOnce()
      try Ending(number: number).server(socket, .number(number))
    }
  }
  for number in 0..<count {
    let socket = try SocketDescriptor.open(.ipv4)
    try socket.connect(to: try listener.getsockname(), timeout: .seconds(60))
    try socket.sendAtOnce()
    try Ending(number: number).client(socket, .number(number))
    try socket.close()
  }
  try server.join()
}

extension SocketDescriptor {
  /// A small write behind another does not wait for the peer to confirm that one, which it takes its time for.
  fileprivate func sendAtOnce() throws {
    try setsockopt(level: CInt(IPPROTO_TCP), name: TCP_NODELAY, value: 1)
  }
}

extension Ending {
  fileprivate init(number: Int) {
    self = Ending.allCases[number % Ending.allCases.count]
  }
}

extension WebSocketOptions {
  /// Those of both ends of a connection: every other round through the endings is compressed, and every fourth on its own.
  fileprivate static func number(_ number: Int) -> WebSocketOptions {
    var options = WebSocketOptions()
    let round = number / Ending.allCases.count
    guard round % 2 == 1 else { return options }
    var compression = PerMessageDeflateOptions()
    compression.serverNoContextTakeover = round % 4 == 3
    compression.clientNoContextTakeover = round % 4 == 3
    options.compression = compression
    return options
  }
}
