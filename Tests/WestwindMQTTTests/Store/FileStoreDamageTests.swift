import MQTTProtocol
import Testing
import WestwindMQTT
import WestwindTestSupport

struct FileStoreDamageTests {
  /// A small log, and what a store had to have behind each of its writes.
  private struct Log {
    let file: StoreFile
    let bytes: [UInt8]
    var states: [(size: Int, contents: StoreContents)]

    init(seed: UInt64, steps: Int) throws {
      file = try StoreFile(isInMemory: true)
      let store = try file.open()
      var model = StoreModel(seed: seed)
      states = [(0, model.contents)]
      for step in 0..<steps {
        try model.step(store)
        // some writes have several records
        if step % 3 != 1 { try store.commit() }
        let contents = model.contents
        if file.size != states.last!.size { states.append((file.size, contents)) }
      }
      try store.commit()
      states.append((file.size, model.contents))
      bytes = file.bytes
    }

    /// What the file's first bytes say.
    func contents(upTo size: Int) -> StoreContents { states.last { $0.size <= size }!.contents }
  }

  @Test(arguments: 1...2 as ClosedRange<UInt64>)
  func `a file that is cut at any byte has what was written whole before it`(_ seed: UInt64) throws {
    let log = try Log(seed: seed, steps: 28)
    for count in 0...log.bytes.count {
      log.file.replace(log.bytes.prefix(count))
      let store = try log.file.open()
      let isRight = try StoreContents(of: store) == log.contents(upTo: count)
      #expect(isRight, "cut at byte \(count) of \(log.bytes.count)")
      let kept = log.states.last { $0.size <= count }!.size
      if kept > 0 { #expect(store.bytesCutOff == count - kept) }
      // it goes on from there
      try store.write(.incoming(identifier: 99))
      try store.commit()
      #expect(store.records().contains(.incoming(identifier: 99)))
    }
  }

  @Test(arguments: [1, 0x80, 0xFF] as [UInt8])
  func `a byte that is changed is found, and the file is left as it is`(_ change: UInt8) throws {
    let log = try Log(seed: 4, steps: 28)
    for index in log.bytes.indices {
      var bytes = log.bytes
      bytes[index] ^= change
      log.file.replace(bytes)
      do throws(MQTTStoreError) {
        _ = try log.file.open()
        Issue.record("byte \(index) of \(bytes.count) was changed, and nobody said so")
      } catch {
        switch error {
        case .notAStore(log.file.path): #expect(index < 12)
        case .damaged(log.file.path, let offset): #expect(offset <= index)
        default: Issue.record("byte \(index): \(error)")
        }
      }
      #expect(log.file.bytes == bytes)
    }
  }

  @Test func `bytes that are missing, or too many, in the middle are found`() throws {
    let log = try Log(seed: 5, steps: 30)
    for index in stride(from: 21, to: log.bytes.count - 60, by: 7) {
      log.file.replace(log.bytes[..<index] + log.bytes[(index + 3)...])
      #expect(throws: MQTTStoreError.self, "without 3 bytes at \(index)") { _ = try log.file.open() }
      log.file.replace(log.bytes[..<index] + [1, 2, 3] + log.bytes[index...])
      #expect(throws: MQTTStoreError.self, "with 3 bytes more at \(index)") { _ = try log.file.open() }
    }
  }

  @Test func `a log behind another's header is found`() throws {
    let (log, other) = (try Log(seed: 6, steps: 10), try Log(seed: 6, steps: 10))
    log.file.replace(log.bytes[..<20] + other.bytes[20...])
    #expect(throws: MQTTStoreError.damaged(path: log.file.path, offset: 20)) { _ = try log.file.open() }
  }

  @Test func `a write whose blocks did not get to the disk is taken away`() throws {
    let file = try StoreFile(isInMemory: true)
    var store: MQTTFileStore? = try file.open(.disk)
    try store!.enqueue(1, pattern(size: 3000, seed: 1))
    let whole = file.size
    try store!.enqueue(2, pattern(size: 5000, seed: 2))
    store = nil
    let bytes = file.bytes
    let first = whole / 512 + 1
    // each block on its own, and all from one on; the first block has the end of the write before
    for block in first..<(bytes.count / 512) {
      for last in [block + 1, bytes.count / 512 + 1] {
        var damaged = bytes
        for index in (block * 512)..<min(last * 512, bytes.count) { damaged[index] = 0 }
        file.replace(damaged)
        let store = try file.open(.disk)
        #expect(store.bytesCutOff == bytes.count - whole)
        #expect(try store.queue().map(\.number) == [1])
      }
    }
    // of its first block the disk got what stood there before
    var damaged = bytes
    for index in whole..<bytes.count { damaged[index] = 0 }
    file.replace(damaged)
    #expect(try file.open().bytesCutOff == bytes.count - whole)
  }

  @Test func `a block that is missing before a whole write is damage`() throws {
    let file = try StoreFile(isInMemory: true)
    var store: MQTTFileStore? = try file.open(.disk)
    try store!.enqueue(1, pattern(size: 3000, seed: 1))
    try store!.enqueue(2, pattern(size: 3000, seed: 2))
    store = nil
    for block in [0, 1, 3] {
      var bytes = file.bytes
      for index in max(20, block * 512)..<((block + 1) * 512) { bytes[index] = 0 }
      file.replace(bytes)
      #expect(throws: MQTTStoreError.damaged(path: file.path, offset: 20)) { _ = try file.open(.disk) }
      #expect(file.bytes == bytes)
    }
  }
}
