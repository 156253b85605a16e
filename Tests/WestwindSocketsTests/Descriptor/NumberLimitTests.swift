import Glibc
import SystemPackage
import Testing
import Westwind
import WestwindSockets
import WestwindTestPeer
import WestwindTestSupport
import WestwindTesting

/// Where the process has no descriptor number left.
struct NumberLimitTests {
  @Test func `everything that needs one says so, and keeps none`() async {
    await #expect(processExitsWith: .success) {
      // The first to need the eventfd that the process has once; the second makes it.
      for left in 0...1 {
        try withNumbersLeft(left) { #expect(throws: Errno.tooManyOpenFiles) { _ = try Readiness(watching: 0) } }
      }

      let (tcp, peer) = try tcpPair()
      let listener = try listening()
      let client = try SocketDescriptor.open(.ipv4)
      try client.connect(to: try listener.getsockname(), timeout: .seconds(20))

      // With how many numbers left each of them works.
      let makers: [(name: String, needs: Int, make: () throws -> [SocketDescriptor])] = [
        ("scripted", 1, { [try ScriptedSocket.make(over: tcp, script: .init()).descriptor] }),
        ("websocketRegister", 1, { [try register(tcp)] }),
        ("memory", 4, { array(try MemorySocket.pair()) }),
        ("pair", 2, { array(try SocketDescriptor.pair()) }),
        ("open", 1, { [try SocketDescriptor.open(.ipv4)] }),
        ("accept", 1, { [try listener.accept(timeout: .seconds(20))] }),
      ]
      for (name, needs, make) in makers {
        for left in 0..<needs {
          let before = openDescriptorCount()
          try withNumbersLeft(left) {
            #expect(throws: Errno.tooManyOpenFiles, "\(name), \(left) left") { try make() }
          }
          try wait(until: "\(name) has given back what it took") { openDescriptorCount() == before }
        }
        for made in try make() { try made.close() }
      }
      for socket in [tcp, peer, listener, client] { try socket.close() }
    }
  }
}

private func register(_ socket: SocketDescriptor) throws -> SocketDescriptor {
  do {
    return try websocketRegister(socket).descriptor
  } catch .system(let error) {
    throw error
  }
}

private func array(_ pair: (SocketDescriptor, SocketDescriptor)) -> [SocketDescriptor] {
  [pair.0, pair.1]
}

/// Runs the body while so many numbers are free, and no more.
private func withNumbersLeft(_ count: Int, _ body: () throws -> Void) throws {
  let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
  var limit = rlimit()
  try #require(getrlimit(resource, &limit) == 0)
  let before = limit
  defer {
    var before = before
    setrlimit(resource, &before)
  }
  // The process may have been given descriptors by the one that started it: some numbers above all that are in use.
  let highest = (0..<4096).last { fcntl($0, F_GETFD) >= 0 } ?? 0
  limit.rlim_cur = rlim_t(highest + 64)
  try #require(setrlimit(resource, &limit) == 0)
  var taken: [CInt] = []
  while case let number = open("/dev/null", O_RDONLY | O_CLOEXEC), number >= 0 { taken.append(number) }
  defer { for number in taken { close(number) } }
  for _ in 0..<count { close(taken.removeLast()) }
  try body()
}
