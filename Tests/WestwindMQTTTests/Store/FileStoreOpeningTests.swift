import Glibc
import MQTTProtocol
import Synchronization
import SystemPackage
import Testing
import WestwindMQTT
import WestwindTestSupport

struct FileStoreOpeningTests {
  @Test func `a second store on the same file is refused until the first is gone`() throws {
    let file = try StoreFile()
    var first: MQTTFileStore? = try file.open()
    #expect(throws: MQTTStoreError.inUse(path: file.path)) { _ = try file.open() }
    try first!.enqueue(1, [1])
    first = nil
    #expect(try file.contents().queue == [[1]])
  }

  @Test func `a store may be opened as soon as the one before is gone, whatever children are being started`() async {
    await #expect(processExitsWith: .success) {
      let file = try StoreFile()
      let isOver = Atomic<Bool>(false)
      // a child has this process's descriptors until it runs its own program
      let spawner = BlockingThread {
        while !isOver.load(ordering: .relaxed) { _ = try ChildProcess.run("/bin/true") }
      }
      for number in 1...UInt64(500) { try file.open().enqueue(number, [1]) }
      isOver.store(true, ordering: .relaxed)
      try spawner.join()
    }
  }

  @Test func `a file that was made anew is locked, too`() throws {
    let file = try StoreFile()
    let store = try file.open()
    for number in 1...UInt64(40) {
      try store.enqueue(number, pattern(size: 100_000, seed: number))
      try store.dequeue(number)
    }
    #expect(file.size < 2_000_000)
    #expect(throws: MQTTStoreError.inUse(path: file.path)) { _ = try file.open() }
  }

  @Test func `what is no store is refused and left alone`() throws {
    let file = try StoreFile()
    for bytes in [Array("hello, this is my thesis".utf8), Array("x".utf8), [UInt8](repeating: 0, count: 100)] {
      file.replace(bytes)
      #expect(throws: MQTTStoreError.notAStore(path: file.path)) { _ = try file.open() }
      #expect(file.bytes == bytes)
    }
  }

  @Test func `a store of another version is refused`() throws {
    let file = try StoreFile()
    _ = try file.contents()
    var bytes = file.bytes
    bytes[8] = 2
    file.replace(bytes)
    #expect(throws: MQTTStoreError.notAStore(path: file.path)) { _ = try file.open() }
  }

  @Test func `an empty file, and one whose header was cut, become a store`() throws {
    let file = try StoreFile()
    _ = try file.contents()
    let header = file.bytes
    for count in 0..<header.count {
      file.replace(header.prefix(count))
      try file.open().enqueue(1, [1])
      #expect(try file.contents().queue == [[1]])
    }
  }

  @Test func `paths that cannot be a file say why`() throws {
    let file = try StoreFile()
    let link = file.folder + "/link"
    symlink(file.path, link)
    let cases: [(String, Errno)] = [
      ("", .invalidArgument), ("/", .invalidArgument), ("..", .invalidArgument), (file.path + "\0", .invalidArgument),
      (file.folder + "/missing/session", .noSuchFileOrDirectory), (file.folder, .isDirectory),
      (link, .tooManySymbolicLinkLevels), (file.folder + "/" + String(repeating: "x", count: 250), .fileNameTooLong),
    ]
    for (path, error) in cases {
      #expect(throws: MQTTStoreError.system(error, path: path)) { _ = try MQTTFileStore(path: path) }
    }
    #expect(throws: MQTTStoreError.notAStore(path: "/dev/null")) { _ = try MQTTFileStore(path: "/dev/null") }
    unlink(file.folder + "/" + String(repeating: "x", count: 250))
  }

  @Test func `a relative path begins where the process is, and stays there`() async {
    await #expect(processExitsWith: .success) {
      let file = try StoreFile()
      chdir(file.folder)
      let store = try MQTTFileStore(path: "session")
      chdir("/")
      // makes the file anew, several times
      for number in 1...UInt64(100) {
        try store.enqueue(number, pattern(size: 100_000, seed: number))
        try store.dequeue(number)
      }
      try store.enqueue(101, [1])
      #expect(file.names == ["session"])
    }
  }

  @Test func `a store leaves no descriptor open, however it ends`() async {
    await #expect(processExitsWith: .success) {
      func round() throws {
        let file = try StoreFile()
        var store: MQTTFileStore? = try file.open(.disk)
        for number in 1...UInt64(40) {
          try store!.enqueue(number, pattern(size: 100_000, seed: number))
          try store!.dequeue(number)
        }
        _ = try? file.open()
        store = nil
        var bytes = file.bytes
        bytes[bytes.count - 1] ^= 1
        file.replace(bytes)
        _ = try? file.open()
        file.replace([1])
        _ = try? file.open()
        _ = try? MQTTFileStore(path: "/dev/null")
      }
      try round()
      let before = openDescriptors()
      for _ in 0..<3 { try round() }
      let left = openDescriptors().filter { before[$0] != $1 }
      #expect(left.isEmpty)
    }
  }
}
