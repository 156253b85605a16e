// A store's file, written by a script of calls and then changed, or put together out of any records: opening it gives what
// the store had behind one of its writes, or says what is wrong with the file. It never traps, and never gives anything
// else.

import CWestwindZlib
import Glibc
import MQTTProtocol
import WestwindMQTT

private let path = "/\(access("/dev/shm", W_OK) == 0 ? "dev/shm" : "tmp")/westwind-fuzz-\(getpid())"

@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  var script = Script(bytes: Array(UnsafeBufferPointer(start: data, count: count)))
  unlink(path)
  defer { unlink(path) }
  if script.next() & 1 == 0 { playCalls(&script) } else { readRecords(&script) }
  return 0
}

private struct Script {
  let bytes: [UInt8]
  var index = 0

  var isAtEnd: Bool { index >= bytes.count }

  mutating func next() -> UInt8 {
    guard !isAtEnd else { return 0 }
    index += 1
    return bytes[index - 1]
  }

  /// A place in so many bytes.
  mutating func place(in count: Int) -> Int { (Int(next()) << 8 | Int(next())) % max(1, count) }

  /// Bytes of a length that they say themselves.
  mutating func message() -> [UInt8] {
    let (count, first) = (Int(next()) % 24, next())
    return (0..<count).map { first &+ UInt8($0) }
  }

  mutating func rest() -> [UInt8] {
    defer { index = bytes.count }
    return Array(bytes[min(index, bytes.count)...])
  }
}

/// All that a store gives back.
private struct Contents: Equatable {
  var records: Set<StoreRecord>
  var packets: [UInt16: [UInt8]] = [:]
  var numbers: [UInt64]
  var queue: [[UInt8]]

  init(_ store: MQTTFileStore) throws(MQTTStoreError) {
    let (list, waiting) = (store.records(), try store.queue())
    records = Set(list)
    numbers = waiting.map(\.number)
    queue = waiting.map(\.packet)
    var last: UInt64?
    for record in list {
      switch record {
      case .publish(let identifier, _, let order), .release(let identifier, let order):
        require(last.map { $0 <= order } ?? true, "records out of their order: \(list)")
        last = order
        store.withPacket(identifier) { packet in packets[identifier] = packet.indices.map { packet[$0] } }
      default: break
      }
    }
  }
}

// MARK: Calls

private func playCalls(_ script: inout Script) {
  do throws(MQTTStoreError) {
    var store: MQTTFileStore? = try MQTTFileStore(path: path)
    var states = [try Contents(store!)]
    var number: UInt64 = 0
    for step in 1...UInt64(script.next() % 16 + 1) {
      // what is queued is written, with what was gathered before; what the client does is gathered for the next write
      let isWritten = try call(store!, &script, &number, order: step)
      if script.next() & 1 == 0 || isWritten {
        try store!.commit()
        states.append(try Contents(store!))
      }
    }
    try store!.commit()
    states.append(try Contents(store!))
    store = nil

    let file = read()
    let changed = change(file, &script)
    if changed != file { write(changed) }
    let again: MQTTFileStore
    do throws(MQTTStoreError) { again = try MQTTFileStore(path: path) } catch {
      switch error {
      case .damaged, .notAStore: require(changed != file, "what a store wrote is refused: \(error)")
      default: fatalError("\(error)")
      }
      return
    }
    let contents = try Contents(again)
    require(changed != file || contents == states.last, "a store does not read what it wrote")
    require(states.contains(contents), "a changed file gives what was never there: \(contents)")
  } catch {
    fatalError("\(error)")
  }
}

/// - Returns: whether the call writes by itself.
private func call(
  _ store: MQTTFileStore, _ script: inout Script, _ number: inout UInt64, order: UInt64
) throws(MQTTStoreError) -> Bool {
  let kind = script.next() % 8
  let identifier = UInt16(script.next() % 4) + 1
  switch kind {
  case 0, 1:
    number += 1
    try store.enqueue(number, script.message().span)
  case 2: try store.dequeue(UInt64(script.next()))
  case 3, 4:
    if kind == 3 { store.keepTakesPlace(of: UInt64(script.next() % 8)) }
    let (packet, payload) = (script.message(), script.message())
    try store.keep(
      .publish(identifier: identifier, qos: .exactlyOnce, order: order), packet.span, payload: payload.span.bytes)
  case 5: try store.write(.release(identifier: identifier, order: order))
  case 6: try store.write(.outgoingDone(identifier: identifier))
  default:
    let records: [StoreRecord] = [
      .incoming(identifier: identifier), .incomingDone(identifier: identifier), .sessionLost, .sessionDone,
    ]
    try store.write(records[Int(script.next() % 4)])
  }
  return kind < 3
}

private func change(_ file: [UInt8], _ script: inout Script) -> [UInt8] {
  var bytes = file
  let place = script.place(in: bytes.count)
  switch script.next() % 6 {
  case 0: break
  case 1: bytes.removeLast(bytes.count - place)
  case 2: bytes[place] ^= script.next()
  case 3: for i in place..<min(bytes.count, place + script.place(in: 2000)) { bytes[i] = 0 }
  case 4: bytes.insert(contentsOf: script.message(), at: place)
  default: bytes.removeSubrange(place..<min(bytes.count, place + Int(script.next())))
  }
  return bytes
}

// MARK: Records

/// Puts bytes into batches that check, which only a store's own writes are otherwise.
private func readRecords(_ script: inout Script) {
  do throws(MQTTStoreError) { _ = try MQTTFileStore(path: path) } catch { fatalError("\(error)") }
  var file = read()
  let salt = (0..<4).reduce(UInt(0)) { $0 | UInt(file[12 + $1]) << (8 * $1) }
  while !script.isAtEnd {
    let length = Int(script.next())
    var body: [UInt8] = []
    while body.count < length, !script.isAtEnd { body.append(script.next()) }
    var header = bytes(of: UInt64(body.count), 4) + bytes(of: UInt64(file.count), 8)
    header += bytes(of: UInt64(body.isEmpty ? 0 : crc32(0, body, uInt(body.count))), 4)
    header += bytes(of: UInt64(crc32(salt, header, 16)), 4)
    file += header + body
  }
  write(file)
  do throws(MQTTStoreError) {
    let store = try MQTTFileStore(path: path)
    require(store.bytesCutOff == 0, "a whole file was cut")
    let contents = try Contents(store)
    try store.enqueue(.max, [1, 2, 3].span)
    try store.write(.outgoingDone(identifier: 1))
    try store.commit()
    require(try Contents(store).numbers.last == .max, "what was added is not there: \(contents)")
  } catch {
    if case .damaged = error { return }
    fatalError("\(error)")
  }
}

private func bytes(of value: UInt64, _ count: Int) -> [UInt8] {
  (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
}

// MARK: The file

private func read() -> [UInt8] {
  let file = open(path, O_RDONLY)
  defer { close(file) }
  var status = stat()
  fstat(file, &status)
  return [UInt8](unsafeUninitializedCapacity: Int(status.st_size)) { buffer, count in
    count = max(0, Glibc.read(file, buffer.baseAddress, buffer.count))
  }
}

private func write(_ bytes: [UInt8]) {
  let file = open(path, O_WRONLY | O_TRUNC)
  defer { close(file) }
  require(Glibc.write(file, bytes, bytes.count) == bytes.count, "the file was not written")
}
