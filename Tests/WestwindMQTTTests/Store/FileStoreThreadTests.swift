import MQTTProtocol
import Testing
import WestwindMQTT
import WestwindTestSupport

struct FileStoreThreadTests {
  @Test func `threads put messages in the queue while the client keeps some and the file is made anew`() throws {
    let file = try StoreFile()
    let store = try file.open()
    let (threads, each): (UInt64, UInt64) = (4, 100)
    // thread n has the numbers n, n + 4, ...; every fifth of them is dropped again
    let writers = (0..<threads).map { thread in
      BlockingThread {
        for i in 0..<each {
          let number = 1 + thread + i * threads
          try store.enqueue(number, pattern(size: number % 3 == 0 ? 20_000 : 100, seed: number))
          if i % 5 == 4 { try store.dequeue(number) }
        }
      }
    }
    let client = BlockingThread {
      for order in 1...UInt64(400) {
        let identifier = UInt16(order % 50) + 1
        try store.keep(
          .publish(identifier: identifier, qos: .atLeastOnce, order: order), [1, 2],
          pattern(size: order % 4 == 0 ? 70_000 : 50, seed: order))
        if order % 3 == 0 { try store.commit() }
        if order % 7 == 0 { try store.write(.outgoingDone(identifier: identifier)) }
      }
      try store.commit()
    }
    for writer in writers { try writer.join() }
    try client.join()

    let contents = try StoreContents(of: store)
    let left = (1...threads * each).filter { (($0 - 1) / threads) % 5 != 4 }
    #expect(contents.numbers == left)
    let isQueueRight = zip(contents.numbers, contents.queue).allSatisfy { number, packet in
      packet == pattern(size: number % 3 == 0 ? 20_000 : 100, seed: number)
    }
    #expect(isQueueRight)
    for record in contents.records {
      guard case .publish(let identifier, _, let order) = record else { continue }
      let expected = [1, 2] + pattern(size: order % 4 == 0 ? 70_000 : 50, seed: order)
      #expect(order > 350 && order % 7 != 0)
      #expect(difference(contents.packets[identifier]!, expected) == nil)
    }
    #expect(file.size < 8_000_000)
  }
}
