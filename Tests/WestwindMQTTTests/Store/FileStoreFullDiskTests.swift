import Glibc
import MQTTProtocol
import SystemPackage
import Testing
import WestwindMQTT
import WestwindTestSupport

struct FileStoreFullDiskTests {
  @Test(arguments: [MQTTFileStore.Synchronization.process, .disk])
  func `a store whose disk is full stays failed, and has what it said to be kept`(
    _ synchronization: MQTTFileStore.Synchronization
  ) async {
    let isDisk = synchronization == .disk
    await #expect(processExitsWith: .success) { [isDisk = isDisk as Bool] in
      let file = try StoreFile()
      try enterPrivateDisk(at: file.folder, megabytes: 4)
      var store: MQTTFileStore? = try file.open(isDisk ? .disk : .process)
      let (kept, failure) = fill(store!, 3000)
      let full = MQTTStoreError.system(.noSpace, path: file.path)
      #expect(failure == full)
      #expect(kept > 100)
      #expect(throws: full) { try store!.enqueue(kept + 2, [1]) }
      #expect(throws: full) { try store!.write(.incoming(identifier: 1)) }
      #expect(throws: full) { try store!.keep(.publish(identifier: 1, qos: .atLeastOnce, order: 1), [1], [2]) }
      #expect(throws: full) { try store!.commit() }
      #expect(throws: full) { try store!.dequeue(1) }
      #expect(store!.packet(1).isEmpty)
      store = nil

      store = try file.open()
      #expect(store!.bytesCutOff == 0)
      let queue = try store!.queue()
      #expect(queue.map(\.number) == Array(1...kept))
      let isRight = queue.allSatisfy { $0.packet == pattern(size: 3000, seed: $0.number) }
      #expect(isRight)
    }
  }

  @Test func `a store that has no room to be made anew goes on as it is`() async {
    await #expect(processExitsWith: .success) {
      let file = try StoreFile()
      try enterPrivateDisk(at: file.folder, megabytes: 8)
      let store = try file.open()
      var number: UInt64 = 0
      func add(_ count: Int, isDone: Bool) throws {
        for _ in 0..<count {
          number += 1
          try store.enqueue(number, pattern(size: 100_000, seed: number))
          if isDone { try store.dequeue(number) }
        }
      }
      // 2 MB that are needed, and nearly as much that are not
      try add(20, isDone: false)
      try add(18, isDone: true)
      let hog = open(file.folder + "/hog", O_RDWR | O_CREAT, 0o600)
      posix_fallocate(hog, 0, 3_000_000)
      // 1.3 MB are left, which is not enough for what is needed
      try add(5, isDone: true)
      #expect(Set(file.names) == ["session", "hog"])
      #expect(file.size > 4_200_000)
      unlink(file.folder + "/hog")
      close(hog)
      try add(12, isDone: true)
      #expect(file.names == ["session"])
      #expect(file.size < 3_500_000)
      let queue = try store.queue()
      #expect(queue.map(\.number) == Array(1...20))
      let isRight = queue.allSatisfy { $0.packet == pattern(size: 100_000, seed: $0.number) }
      #expect(isRight)
    }
  }

  @Test func `a write that the system cuts in the middle is taken away`() async {
    await #expect(processExitsWith: .success) {
      signal(SIGXFSZ, SIG_IGN)
      for limit in stride(from: rlim_t(100), to: 400, by: 13) {
        let file = try StoreFile()
        try limitFileSize(limit)
        var store: MQTTFileStore? = try file.open()
        let (kept, failure) = fill(store!, 40)
        #expect(failure == .system(.fileTooLarge, path: file.path))
        store = nil
        try limitFileSize(.max)
        #expect(try file.contents().numbers == (0..<kept).map { $0 + 1 })
      }
    }
  }
}

/// Puts messages in the queue, numbered from 1 on, until one is refused.
private func fill(_ store: MQTTFileStore, _ size: Int) -> (kept: UInt64, failure: MQTTStoreError) {
  var kept: UInt64 = 0
  while true {
    do throws(MQTTStoreError) { try store.enqueue(kept + 1, pattern(size: size, seed: kept + 1)) } catch {
      return (kept, error)
    }
    kept += 1
  }
}

private func limitFileSize(_ bytes: rlim_t) throws {
  var limit = rlimit()
  getrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
  limit.rlim_cur = min(bytes, limit.rlim_max)
  guard setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit) == 0 else {
    throw TestSupportError("setrlimit failed with errno \(errno)")
  }
}
