import Testing
import WestwindBuffers
import WestwindTestSupport

/// The queue, with memory of a source and with lent memory.
struct ByteQueueTests {
  /// Counts buffers that are out, and gives a little more than is asked for.
  final class Source: BufferSource {
    var out = 0
    var taken = 0
    let extra: Int

    init(extra: Int = 0) { self.extra = extra }

    func take(_ capacity: Int) -> Buffer {
      out += 1
      taken += 1
      return Buffer(capacity: capacity + extra)
    }

    func give(_ buffer: consuming Buffer) { out -= 1 }
  }

  @Test(arguments: [(-1, 8), (0, 8), (1, 8), (8, 8), (9, 16), (63, 64), (64, 64)])
  func `a capacity is whole words, one at the least`(asked: Int, capacity: Int) {
    let queue = ByteQueue(capacity: asked)
    #expect(queue.capacity == capacity)
    #expect(queue.hasMemory == false)
    #expect(queue.isEmpty == true)
    #expect(queue.count == 0)
    #expect(Buffer(capacity: asked).capacity == capacity)
  }

  @Test(arguments: [(1 << 30) - 8, (1 << 30) - 7, (1 << 30) - 1, 1 << 30, (1 << 30) + 1, Int.max])
  func `a capacity is 1 GiB at the most`(asked: Int) {
    #expect(ByteQueue(capacity: asked).capacity == (asked <= (1 << 30) - 8 ? (1 << 30) - 8 : 1 << 30))
  }

  @Test func `bytes come out as they went in`() {
    let source = Source()
    var queue = ByteQueue(capacity: 20)
    var expected: [UInt8] = []
    var random = SeededGenerator(seed: 1)
    for _ in 0..<2000 {
      if Bool.random(using: &random) {
        let bytes = random.bytes(Int.random(in: 0...30, using: &random))
        queue.reserve(bytes.count, from: source)
        #expect(queue.freeAtEnd >= bytes.count)
        queue.append(bytes.span.bytes)
        expected += bytes
      } else {
        let count = Int.random(in: 0...expected.count, using: &random)
        if Bool.random(using: &random) {
          queue.drop(count)
          expected.removeFirst(count)
        } else {
          queue.dropLast(count)
          expected.removeLast(count)
        }
      }
      if Int.random(in: 0..<10, using: &random) == 0 { queue.compact() }
      if Int.random(in: 0..<10, using: &random) == 0 { queue.release(to: source) }
      #expect(queue.count == expected.count)
      #expect(queue.withFirst(.max) { $0.array } == expected)
      #expect(source.out == (queue.hasMemory ? 1 : 0))
    }
    queue.drop(queue.count)
    queue.release(to: source)
    #expect(source.out == 0)
    #expect(queue.capacity == 24)
  }

  @Test func `reserve compacts before it takes larger memory`() {
    let source = Source()
    var queue = ByteQueue(capacity: 16)
    queue.acquire(from: source)
    queue.append([UInt8](0..<16).span.bytes)
    queue.drop(10)
    #expect(queue.freeAtEnd == 0)
    queue.reserve(10, from: source)
    #expect(source.taken == 1)
    #expect(queue.freeAtEnd == 10)
    #expect(queue.start == 0)
    #expect(queue.withFirst(.max) { $0.array } == [UInt8](10..<16))
    queue.reserve(11, from: source)
    #expect(source.taken == 2 && source.out == 1)
    #expect(queue.freeAtEnd >= 11)
    #expect(queue.withFirst(.max) { $0.array } == [UInt8](10..<16))
  }

  @Test func `memory is returned only if no bytes wait`() {
    let source = Source(extra: 40)
    var queue = ByteQueue(capacity: 16)
    queue.acquire(from: source)
    #expect(queue.capacity == 56)
    queue.append(([1] as [UInt8]).span.bytes)
    queue.release(to: source)
    #expect(queue.hasMemory == true)
    queue.drop(1)
    queue.release(to: source)
    #expect(queue.hasMemory == false)
    #expect(source.out == 0)
    #expect(queue.capacity == 16)
    queue.release(to: source)
    #expect(source.out == 0)
  }

  @Test(arguments: 0..<8)
  func `lent memory is used from its first word's boundary, and never given away`(offset: Int) {
    let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: 48, alignment: 8)
    defer { memory.deallocate() }
    memory.copyBytes(from: [UInt8](repeating: 0xA5, count: 48))
    let source = Source()
    do {
      var queue = ByteQueue(lent: UnsafeMutableRawBufferPointer(rebasing: memory[offset..<(offset + 32)]))
      #expect(queue.capacity == (offset == 0 ? 32 : 24))
      #expect(queue.hasMemory == true)
      queue.acquire(from: source)
      #expect(source.taken == 0)
      queue.append([UInt8](repeating: 1, count: queue.capacity).span.bytes)
      // Larger memory comes from the source, and goes back there.
      queue.drop(4)
      queue.reserve(10, from: source)
      #expect(source.out == 1)
      queue.append(([2, 3] as [UInt8]).span.bytes)
      #expect(queue.withFirst(.max) { $0.array }.suffix(3) == [1, 2, 3])
      queue.drop(queue.count)
      queue.release(to: source)
      #expect(source.out == 0)
      #expect(queue.hasMemory == true)
      #expect(queue.capacity == (offset == 0 ? 32 : 24))
      queue.append(([9] as [UInt8]).span.bytes)
      #expect(queue.withFirst(.max) { $0.array } == [9])
    }
    #expect(memory[..<offset].allSatisfy { $0 == 0xA5 })
    #expect(memory[(offset + 32)...].allSatisfy { $0 == 0xA5 })
  }

  @Test func `a part is lent, and fewer bytes if fewer wait`() {
    var queue = ByteQueue(capacity: 16)
    queue.acquire(from: Allocator())
    queue.append(([1, 2, 3, 4] as [UInt8]).span.bytes)
    queue.drop(1)
    for count in -1...5 {
      #expect(queue.withFirst(count) { $0.array } == Array([2, 3, 4].prefix(max(0, count))))
      #expect(queue.withSpan(ofFirst: count) { $0.count } == min(3, max(0, count)))
      for skipped in -1...5 {
        let expected = skipped < 0 ? [] : Array([2, 3, 4].dropFirst(skipped).prefix(max(0, count))) as [UInt8]
        #expect(queue.withFirst(count, behind: skipped) { $0.array } == expected)
      }
    }
  }

  @Test func `the first word is there if one byte more is`() {
    var queue = ByteQueue(capacity: 16)
    #expect(queue.firstWord == nil)
    queue.acquire(from: Allocator())
    queue.append(([0xFF] as [UInt8]).span.bytes)
    for count in 1...8 as ClosedRange<UInt8> {
      #expect(queue.firstWord == nil)
      queue.append([count].span.bytes)
    }
    #expect(queue.firstWord == 0x0706_0504_0302_01FF)
    queue.drop(1)
    #expect(queue.firstWord == nil)
    queue.append(([9] as [UInt8]).span.bytes)
    #expect(queue.firstWord == 0x0807_0605_0403_0201)
  }

  @Test func `free room is lent up to a limit, and what is written there waits`() {
    struct Stop: Error {}
    var queue = ByteQueue(capacity: 16)
    queue.acquire(from: Allocator())
    for limit in [-1, 0, 3, 100] {
      queue.drop(queue.count)
      queue.withFree(atMost: limit) { room in
        #expect(room.freeCapacity == min(16, max(0, limit)))
        if room.freeCapacity > 0 { room.append(7, as: UInt8.self) }
      }
      #expect(queue.count == (limit > 0 ? 1 : 0))
    }
    #expect(throws: Stop.self) {
      try queue.withFree { room throws(Stop) in
        room.append(8, as: UInt8.self)
        throw Stop()
      }
    }
    #expect(queue.count == 1)
  }

  @Test func `bytes are copied to a caller's memory`() {
    var queue = ByteQueue(capacity: 16)
    queue.acquire(from: Allocator())
    queue.append(([1, 2, 3] as [UInt8]).span.bytes)
    let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: 4, alignment: 1)
    defer { memory.deallocate() }
    var output = OutputRawSpan(buffer: memory, initializedCount: 0)
    queue.copyFirst(0, to: &output)
    queue.copyFirst(3, to: &output)
    queue.copyFirst(1, to: &output)
    #expect(output.bytes.array == [1, 2, 3, 1])
    #expect(queue.count == 3)
  }

  @Test func `more than there is, is a mistake that stops the program`() async {
    await #expect(processExitsWith: .failure) {
      var queue = ByteQueue(capacity: 16)
      queue.drop(1)
    }
    await #expect(processExitsWith: .failure) {
      var queue = ByteQueue(capacity: 16)
      queue.acquire(from: Allocator())
      queue.append([UInt8](repeating: 0, count: 17).span.bytes)
    }
    await #expect(processExitsWith: .failure) {
      var queue = ByteQueue(capacity: 16)
      queue.reserve(ByteQueue.maximumCapacity, from: Allocator())
      queue.append(([1] as [UInt8]).span.bytes)
      queue.reserve(ByteQueue.maximumCapacity, from: Allocator())
    }
  }

  // MARK: Faults that were found by these tests

  @Test func `a queue whose last bytes were taken off the end has all of its room`() {
    var queue = ByteQueue(capacity: 16)
    queue.acquire(from: Allocator())
    queue.append([UInt8](repeating: 1, count: 12).span.bytes)
    queue.drop(10)
    queue.dropLast(2)
    #expect(queue.isEmpty == true)
    #expect(queue.freeAtEnd == 16)
  }

  @Test func `a queue that grows by little copies each byte a few times only`() {
    let source = Source()
    var queue = ByteQueue(capacity: 16)
    for i in 0..<10_000 {
      queue.reserve(10, from: source)
      queue.append([UInt8](repeating: UInt8(i & 255), count: 10).span.bytes)
    }
    #expect(source.taken < 20)
    queue.reserve(200_000, isExact: true, from: source)
    #expect(queue.capacity == 300_000)
    #expect(source.out == 1)
  }
}

extension RawSpan {
  var array: [UInt8] { withUnsafeBytes { Array($0) } }
}
