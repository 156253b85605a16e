// Uses a store as a client does whose broker answers at once, and says each step when the store has kept it, until it is
// killed: FileStoreWriter PATH process|disk SEED FIRST-NUMBER
//
// A line is `number stage identifier`: the message waits, was given an identifier, was released, is done.

import Glibc
import MQTTProtocol
import WestwindMQTT
import WestwindTestSupport

let arguments = CommandLine.arguments
let store = try MQTTFileStore(path: arguments[1], synchronization: arguments[2] == "disk" ? .disk : .process)
var random = SeededGenerator(seed: UInt64(arguments[3])!)

var waiting = try store.queue().map(\.number)
var next = (waiting.last ?? 0) + 1
var order: UInt64 = 0
/// By identifier: the number, and whether it has been released.
var outgoing: [UInt16: (number: UInt64, isReleased: Bool)] = [:]

for record in store.records() {
  switch record {
  case .publish(let identifier, _, let its):
    store.withPacket(identifier) { packet in
      outgoing[identifier] = (StoredMessage.number(of: packet.indices.map { packet[$0] }), false)
    }
    order = max(order, its)
  case .release(let identifier, let its):
    // nothing in the store says which message that was
    outgoing[identifier] = (0, true)
    order = max(order, its)
  default: break
  }
}
next = max(next, (outgoing.values.map(\.number).max() ?? 0) + 1, UInt64(arguments[4])!)

func say(_ number: UInt64, _ stage: String, _ identifier: UInt16 = 0) {
  let line = Array("\(number) \(stage) \(identifier)\n".utf8)
  _ = write(1, line, line.count)
}

while true {
  switch Int.random(in: 0..<4, using: &random) {
  case 0 where waiting.count < 30:
    try store.enqueue(next, StoredMessage.bytes(next).span)
    say(next, "waits")
    waiting.append(next)
    next += 1
  case 1 where !waiting.isEmpty && outgoing.count < 30:
    let number = waiting.removeFirst()
    let identifier = (1...60).first { outgoing[$0] == nil }!
    let message = StoredMessage.bytes(number)
    order += 1
    store.keepTakesPlace(of: number)
    try store.keep(
      .publish(identifier: identifier, qos: .exactlyOnce, order: order),
      StoredMessage.head(identifier).span, payload: message.span.extracting(StoredMessage.headSize...).bytes)
    try store.commit()
    say(number, "published", identifier)
    outgoing[identifier] = (number, false)
  case 2:
    let first = outgoing.filter { !$0.value.isReleased }.min { $0.key < $1.key }
    guard let (identifier, message) = first else { break }
    order += 1
    try store.write(.release(identifier: identifier, order: order))
    try store.commit()
    say(message.number, "released", identifier)
    outgoing[identifier]!.isReleased = true
  case 3:
    let first = outgoing.filter(\.value.isReleased).min { $0.key < $1.key }
    guard let (identifier, message) = first else { break }
    try store.write(.outgoingDone(identifier: identifier))
    try store.commit()
    say(message.number, "done", identifier)
    outgoing[identifier] = nil
  default: break
  }
}
