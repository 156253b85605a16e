import Glibc
import MQTTProtocol
import SystemPackage
import Testing
import WestwindMQTT
import WestwindTestSupport

struct FileStoreTests {
  @Test func `a new store is empty, and its file is for its user only`() throws {
    let file = try StoreFile()
    #expect(try file.contents() == StoreContents())
    var status = stat()
    #expect(stat(file.path, &status) == 0)
    #expect(status.st_mode & 0o777 == 0o600)
    #expect(file.names == ["session"])
  }

  @Test(arguments: [MQTTFileStore.Synchronization.process, .disk])
  func `what was told to a store is there at the next start`(_ synchronization: MQTTFileStore.Synchronization) throws {
    let file = try StoreFile()
    var store: MQTTFileStore? = try file.open(synchronization)
    try store!.enqueue(1, [1, 2, 3, 4])
    try store!.enqueue(2, [5, 6, 7, 8])
    store!.keepTakesPlace(of: 1)
    try store!.keep(.publish(identifier: 7, qos: .exactlyOnce, order: 3), [9, 9], [3, 4])
    try store!.keep(.publish(identifier: 8, qos: .atLeastOnce, order: 4), [1], [])
    try store!.keep(.publish(identifier: 9, qos: .exactlyOnce, order: 5), [1], [2])
    try store!.write(.release(identifier: 9, order: 6))
    try store!.write(.incoming(identifier: 3))
    try store!.commit()
    store = nil

    let contents = try file.contents()
    #expect(contents.numbers == [2])
    #expect(contents.queue == [[5, 6, 7, 8]])
    #expect(
      contents.records == [
        .publish(identifier: 7, qos: .exactlyOnce, order: 3), .publish(identifier: 8, qos: .atLeastOnce, order: 4),
        .release(identifier: 9, order: 6), .incoming(identifier: 3),
      ])
    #expect(contents.packets == [7: [9, 9, 3, 4], 8: [1]])
  }

  @Test func `a message is lent before it is committed, and while it is lent the store commits`() throws {
    let file = try StoreFile()
    let store = try file.open()
    try store.keep(.publish(identifier: 1, qos: .atLeastOnce, order: 1), [1, 2], [3])
    var lent: [UInt8] = []
    store.withPacket(1) { packet in
      lent = packet.indices.map { packet[$0] }
      do { try store.commit() } catch { Issue.record(error) }
    }
    #expect(lent == [1, 2, 3])
    for unknown in [0, 2, 60000] as [UInt16] {
      var length = -1
      store.withPacket(unknown) { length = $0.count }
      #expect(length == 0)
    }
  }

  @Test func `records that were gathered and not committed are written when the store goes away`() throws {
    let file = try StoreFile()
    try file.open().write(.incoming(identifier: 5))
    #expect(try file.contents().records == [.incoming(identifier: 5)])
  }

  @Test func `a commit of nothing writes nothing`() throws {
    let file = try StoreFile()
    let store = try file.open()
    let size = file.size
    for _ in 0..<3 { try store.commit() }
    #expect(file.size == size)
  }

  @Test func `a message that waited is not written again when it is given its identifier`() throws {
    let file = try StoreFile()
    let store = try file.open()
    let payload = pattern(size: 10_000, seed: 1)
    try store.enqueue(1, [0, 0] + payload)
    let size = file.size
    store.keepTakesPlace(of: 1)
    try store.keep(.publish(identifier: 1, qos: .exactlyOnce, order: 1), [4, 5], payload)
    try store.commit()
    #expect(file.size < size + 100)
    #expect(try StoreContents(of: store).packets == [1: [4, 5] + payload])
  }

  @Test func `a message that was dropped meanwhile is kept whole`() throws {
    let file = try StoreFile()
    let store = try file.open()
    try store.enqueue(1, [1, 2])
    store.keepTakesPlace(of: 1)
    try store.dequeue(1)
    try store.keep(.publish(identifier: 1, qos: .exactlyOnce, order: 1), [1], [2])
    // and so is one that is longer than what waited
    try store.enqueue(2, [1, 2])
    store.keepTakesPlace(of: 2)
    try store.keep(.publish(identifier: 2, qos: .exactlyOnce, order: 2), [1], [2, 3, 4])
    try store.commit()
    let contents = try StoreContents(of: store)
    #expect(contents.packets == [1: [1, 2], 2: [1, 2, 3, 4]])
    #expect(contents.queue == [])
  }

  @Test func `messages of 16 MiB come back, and take no memory meanwhile`() throws {
    let file = try StoreFile()
    let size = 16 * 1024 * 1024
    let message = pattern(size: size, seed: 1)
    var store: MQTTFileStore? = try file.open()
    let before = allocatedBytes()
    try store!.enqueue(1, message)
    try store!.keep(.publish(identifier: 1, qos: .atLeastOnce, order: 1), [7], message)
    try store!.keep(.publish(identifier: 2, qos: .exactlyOnce, order: 2), message, [7])
    try store!.commit()
    // other tests of this process allocate, too, but not this much
    #expect(allocatedBytes() - before < size)
    store = nil
    let contents = try file.contents()
    #expect(difference(contents.queue[0], message) == nil)
    #expect(difference(contents.packets[1]!, [7] + message) == nil)
    #expect(difference(contents.packets[2]!, message + [7]) == nil)
  }
}
