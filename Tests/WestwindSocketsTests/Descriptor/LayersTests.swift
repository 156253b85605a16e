import Synchronization
import SystemPackage
import Testing
import WestwindBuffers
import WestwindSockets
import WestwindTestSupport

/// Which layer stands over which number, when numbers are closed behind the library's back and given out anew.
struct LayersTests {
  @Test func `a layer that has given its number back ends nothing that stands over it now`() throws {
    let (socket, peer) = try SocketDescriptor.pair()
    let (gone, here) = (StandIn(), StandIn())
    let place = try #require(Layers.reserve(over: socket.rawValue))
    #expect(Layers.put(here, place))
    // As another thread does that has taken `gone` for a stale one, and comes too late.
    Layers.end(over: socket.rawValue, of: gone)
    #expect(!here.isEnded && Layers.layer(over: socket.rawValue) === here)
    Layers.end(over: socket.rawValue)
    #expect(here.isEnded && Layers.layer(over: socket.rawValue) == nil)
    for descriptor in [socket, peer] { try descriptor.close() }
  }

  @Test func `a layer that is closed ends the one that stands over it`() throws {
    let (socket, peer) = try SocketDescriptor.pair()
    let (lower, upper) = (StandIn(), StandIn())
    _ = SocketDescriptor.enter(lower, number: socket.rawValue)
    let place = try #require(Layers.reserve(over: socket.rawValue))
    #expect(Layers.put(upper, place))
    Layers.end(over: socket.rawValue, of: lower)
    #expect(upper.isEnded)
    SocketDescriptor.unregister(number: socket.rawValue)
    for descriptor in [socket, peer] { try descriptor.close() }
  }

  @Test func `a stale layer gives its place to one that is alive, which then keeps it`() throws {
    let (socket, peer) = try SocketDescriptor.pair()
    let (stale, alive) = (StandIn(holdsSocket: false), StandIn())
    let first = try #require(Layers.reserve(over: socket.rawValue))
    #expect(Layers.put(stale, first))
    let second = try #require(Layers.reserve(over: socket.rawValue))
    #expect(stale.isEnded)
    #expect(Layers.put(alive, second))
    #expect(Layers.reserve(over: socket.rawValue) == nil)
    #expect(!Layers.leave(socket.rawValue, stale) && !alive.isEnded)
    #expect(Layers.leave(socket.rawValue, alive))
    for descriptor in [socket, peer] { try descriptor.close() }
  }
}

/// A layer that only notes what it is told.
private final class StandIn: Layer {
  let holdsSocket: Bool
  let holdsNumber = true
  let readableNumber: CInt = -1
  let writableNumber: CInt = -1
  private let ended = Atomic<Bool>(false)

  var isEnded: Bool { ended.load(ordering: .sequentiallyConsistent) }

  init(holdsSocket: Bool = true) {
    self.holdsSocket = holdsSocket
  }

  func loseSocket(isOpen: Bool) { ended.store(true, ordering: .sequentiallyConsistent) }
  func loseNumber() {}

  func send(_ payload: Payload, flags: MessageFlags, wait: Wait) throws(Errno) -> Int { throw .notSupported }
  func receive(into output: inout OutputRawSpan, flags: MessageFlags, wait: Wait) throws(Errno) -> ReceivedMetadata {
    throw .notSupported
  }
  func setNonBlocking(_ isOn: Bool) throws(Errno) { throw .notSupported }
  func isNonBlocking() throws(Errno) -> Bool { false }
  func close() throws(Errno) {}
}
