import Glibc
import MQTTProtocol
import WestwindMQTT
import WestwindTestSupport

/// A folder that goes away with this, and a store's path in it.
final class StoreFile: Sendable {
  private let temporary: TemporaryFolder
  var folder: String { temporary.path }
  var path: String { folder + "/session" }

  /// - Parameter isInMemory: for the many files of a test that writes thousands.
  init(isInMemory: Bool = false) throws {
    temporary = try TemporaryFolder("store", in: isInMemory && access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp")
  }

  deinit {
    for name in names { unlink(folder + "/" + name) }
    rmdir(folder)
  }

  /// The files in the folder.
  var names: [String] {
    guard let stream = opendir(folder) else { return [] }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        String(cString: UnsafeRawPointer($0).assumingMemoryBound(to: CChar.self))
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names
  }

  /// Opens the store.
  func open(_ synchronization: MQTTFileStore.Synchronization = .process) throws(MQTTStoreError) -> MQTTFileStore {
    try MQTTFileStore(path: path, synchronization: synchronization)
  }

  /// What a store that is opened now has, and gives back.
  func contents() throws(MQTTStoreError) -> StoreContents { try StoreContents(of: open()) }

  var size: Int {
    var status = stat()
    return stat(path, &status) == 0 ? Int(status.st_size) : 0
  }

  var bytes: [UInt8] {
    let file = Glibc.open(path, O_RDONLY | O_CLOEXEC)
    defer { close(file) }
    return [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
      while count < buffer.count {
        let read = pread(file, buffer.baseAddress! + count, buffer.count - count, count)
        if read <= 0 { break }
        count += read
      }
    }
  }

  /// Puts another file there.
  func replace(_ bytes: some Collection<UInt8>) {
    let file = Glibc.open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    defer { close(file) }
    let written = Array(bytes).withUnsafeBytes { write(file, $0.baseAddress, $0.count) }
    precondition(written == bytes.count)
  }
}

/// All that a store gives back.
struct StoreContents: Equatable {
  /// The outgoing ones in the store's order, then the incoming ones.
  var records: [StoreRecord] = []
  var packets: [UInt16: [UInt8]] = [:]
  var numbers: [UInt64] = []
  var queue: [[UInt8]] = []

  init() {}

  init(of store: MQTTFileStore) throws(MQTTStoreError) {
    let queue = try store.queue()
    numbers = queue.map(\.number)
    self.queue = queue.map(\.packet)
    var incoming: [UInt16] = []
    for record in store.records() {
      switch record {
      case .incoming(let identifier): incoming.append(identifier)
      case .publish(let identifier, _, _):
        records.append(record)
        packets[identifier] = store.packet(identifier)
      default: records.append(record)
      }
    }
    records += incoming.sorted().map { .incoming(identifier: $0) }
  }
}

extension MQTTFileStore {
  /// The message that is kept; empty where there is none.
  func packet(_ identifier: UInt16) -> [UInt8] {
    var bytes: [UInt8] = []
    withPacket(identifier) { packet in bytes = packet.withUnsafeBufferPointer { Array($0) } }
    return bytes
  }

  /// Keeps a message as the client does: PUBLISH up to its payload, and the payload.
  func keep(_ record: StoreRecord, _ packet: [UInt8], _ payload: [UInt8]) throws(MQTTStoreError) {
    try keep(record, packet.span, payload: payload.span.bytes)
  }

  func enqueue(_ number: UInt64, _ packet: [UInt8]) throws(MQTTStoreError) { try enqueue(number, packet.span) }
}
