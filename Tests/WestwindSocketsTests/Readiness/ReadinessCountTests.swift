import Glibc
import Testing
import WestwindSockets
import WestwindTestSupport

/// Linux limits how many ways lead from one file over nested epoll instances.
struct ReadinessCountTests {
  // As a secure WebSocket below one more layer, watched by a program. With one eventfd for all, 50 was the most.
  @Test func `as many nested numbers as one likes can be watched at once, and leave nothing open`() async {
    await #expect(processExitsWith: .success) {
      // What is made once and kept is there after the first.
      try watch(1)
      let before = openDescriptors()
      try watch(110)
      // The runtime opens a few of its own now and then.
      let left = openDescriptors().filter { before[$0] != $1 }
      if left.count >= 10 { Issue.record("\(left)") }
    }
  }
}

private func watch(_ count: Int) throws {
  let program = try Epoll()
  var layers: [Layers] = []
  for _ in 0..<count {
    let one = try Layers()
    try program.add(one.top.number)
    layers.append(one)
  }
  #expect(program.wait(milliseconds: 0) == nil)
  for one in layers {
    one.bottom.setBuffered(true)
    #expect(program.wait(milliseconds: 20_000) == one.top.number)
    one.bottom.setBuffered(false)
    #expect(program.wait(milliseconds: 0) == nil)
  }
  for one in layers {
    try one.sockets.0.send([1])
    #expect(program.wait(milliseconds: 20_000) == one.top.number)
    _ = try one.sockets.1.recv(maxCount: 1)
  }
  for one in layers { try one.close() }
}

/// Three numbers one over the other, over a socket.
private final class Layers {
  let sockets: (SocketDescriptor, SocketDescriptor)
  var bottom: Readiness
  var middle: Readiness
  var top: Readiness

  init() throws {
    sockets = try SocketDescriptor.pair()
    bottom = try Readiness(watching: sockets.1.rawValue)
    middle = try Readiness(watching: bottom.number)
    top = try Readiness(watching: middle.number)
  }

  func close() throws {
    top.close()
    middle.close()
    bottom.close()
    try sockets.0.close()
    try sockets.1.close()
  }
}
