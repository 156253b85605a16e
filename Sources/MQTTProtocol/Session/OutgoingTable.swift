/// The packets of ours that wait for an answer, and the identifiers that they have.
///
/// An identifier is its slot's index. Slots are chained: the free ones, in the order in which they became free, so that an
/// identifier rests before it is used again; the messages that wait for PUBACK or PUBREC, in the order of PUBLISH
/// ([MQTT-4.6.0-1]); and those that wait for PUBCOMP, in the order of PUBREC ([MQTT-4.6.0-4]).
struct OutgoingTable {
  enum Stage: Sendable, Hashable {
    case free
    case publish(QoS)
    case release
    /// With the number of topic filters, each of which has its reason code in the answer.
    case subscribe(Int)
    case unsubscribe(Int)
  }

  struct Slot: Sendable {
    var stage = Stage.free
    var next: UInt16 = 0
    var previous: UInt16 = 0
    /// Sent on this connection.
    var isSent = false
    var order: UInt64 = 0
  }

  /// A chain of slots; 0 is none.
  struct Chain: Sendable, Hashable {
    var first: UInt16 = 0
    var last: UInt16 = 0

    // A span where there are several accesses, so that it is asked once only whether somebody else has the array.

    /// - Parameter slot: what it is from now on, in no chain yet.
    @inline(__always) mutating func append(_ identifier: UInt16, _ slot: Slot, in slots: inout [Slot]) {
      var slots = slots.mutableSpan
      slots[Int(identifier)] = slot
      slots[Int(identifier)].previous = last
      if last == 0 { first = identifier } else { slots[Int(last)].next = identifier }
      last = identifier
    }

    @inline(__always) mutating func remove(_ identifier: UInt16, in slots: inout [Slot]) {
      var slots = slots.mutableSpan
      let next = slots[Int(identifier)].next
      let previous = slots[Int(identifier)].previous
      if previous == 0 { first = next } else { slots[Int(previous)].next = next }
      if next == 0 { last = previous } else { slots[Int(next)].previous = previous }
    }

    /// - Returns: 0 where it is empty.
    mutating func removeFirst(in slots: inout [Slot]) -> UInt16 {
      let identifier = first
      guard identifier != 0 else { return 0 }
      first = slots[Int(identifier)].next
      if first == 0 { last = 0 } else { slots[Int(first)].previous = 0 }
      return identifier
    }
  }

  /// Those beyond `capacity` are for identifiers that others chose, and are never free to be given.
  private(set) var slots: [Slot]
  private let capacity: Int
  private var free = Chain()
  private(set) var publishes = Chain()
  private(set) var releases = Chain()
  /// The first PUBREL and the first PUBLISH that were not sent on this connection yet.
  private(set) var nextRelease: UInt16 = 0
  private(set) var nextPublish: UInt16 = 0
  /// Messages that the broker counts against its receive maximum.
  private(set) var windowUsed = 0
  private(set) var count = 0
  private(set) var lastOrder: UInt64 = 0

  init(capacity: Int) {
    self.capacity = capacity
    slots = [Slot](repeating: Slot(), count: capacity + 1)
    removeAll()
  }

  subscript(identifier: UInt16) -> Stage {
    Int(identifier) < slots.count ? slots[Int(identifier)].stage : .free
  }

  /// An identifier is free to be given.
  var hasFree: Bool { free.first != 0 }

  var hasMessages: Bool { publishes.first != 0 || releases.first != 0 }

  mutating func removeAll() {
    free = Chain()
    publishes = Chain()
    releases = Chain()
    nextRelease = 0
    nextPublish = 0
    windowUsed = 0
    count = 0
    slots.removeLast(slots.count - capacity - 1)
    for i in 1..<slots.count { free.append(UInt16(i), Slot(), in: &slots) }
  }

  /// Takes the identifier that has been free for longest.
  ///
  /// - Returns: 0 where none is.
  mutating func add(_ stage: Stage) -> UInt16 {
    let identifier = free.removeFirst(in: &slots)
    if identifier != 0 { place(identifier, stage) }
    return identifier
  }

  /// Takes an identifier that the caller chose; the table grows to have room for it.
  ///
  /// - Returns: false where it is not free.
  mutating func add(_ stage: Stage, as identifier: UInt16) -> Bool {
    guard identifier != 0, self[identifier] == .free else { return false }
    reserve(identifier)
    place(identifier, stage)
    return true
  }

  /// Takes an identifier off those that are free.
  private mutating func reserve(_ identifier: UInt16) {
    if Int(identifier) <= capacity { return free.remove(identifier, in: &slots) }
    while slots.count <= Int(identifier) { slots.append(Slot()) }
  }

  /// Takes an identifier that a store remembers; the table grows to have room for it.
  ///
  /// - Returns: false where it is not free.
  mutating func restore(_ identifier: UInt16, _ stage: Stage, order: UInt64) -> Bool {
    guard identifier != 0, self[identifier] == .free, order > lastOrder else { return false }
    lastOrder = order - 1
    reserve(identifier)
    place(identifier, stage)
    slots[Int(identifier)].isSent = false
    return true
  }

  private mutating func place(_ identifier: UInt16, _ stage: Stage) {
    count += 1
    lastOrder += 1
    let slot = Slot(stage: stage, isSent: true, order: lastOrder)
    switch stage {
    case .publish:
      publishes.append(identifier, slot, in: &slots)
      windowUsed += 1
    case .release:
      releases.append(identifier, slot, in: &slots)
      windowUsed += 1
    default: slots[Int(identifier)] = slot
    }
  }

  /// PUBREC has come: the message waits for PUBCOMP from now on.
  ///
  /// - Returns: whether PUBREL leaves now; it waits where older ones are still to be sent again.
  mutating func release(_ identifier: UInt16) -> Bool {
    let index = Int(identifier)
    if nextPublish == identifier { nextPublish = slots[index].next }
    if !slots[index].isSent { windowUsed += 1 }
    publishes.remove(identifier, in: &slots)
    lastOrder += 1
    let isNow = nextRelease == 0
    releases.append(identifier, Slot(stage: .release, isSent: isNow, order: lastOrder), in: &slots)
    return isNow
  }

  /// Frees an identifier.
  mutating func remove(_ identifier: UInt16) {
    let index = Int(identifier)
    switch slots[index].stage {
    case .free: return
    case .publish:
      if nextPublish == identifier { nextPublish = slots[index].next }
      if slots[index].isSent { windowUsed -= 1 }
      publishes.remove(identifier, in: &slots)
    case .release:
      if nextRelease == identifier { nextRelease = slots[index].next }
      windowUsed -= 1
      releases.remove(identifier, in: &slots)
    case .subscribe, .unsubscribe: break
    }
    count -= 1
    if index <= capacity { free.append(identifier, Slot(), in: &slots) } else { slots[index] = Slot() }
  }

  /// Forgets what waits for PUBCOMP: the broker has had those messages.
  mutating func removeReleases() {
    while releases.first != 0 { remove(releases.first) }
  }

  /// A new connection: nothing has been sent on it. What is no message is forgotten, since no session keeps it (4.1).
  mutating func beginConnection() {
    windowUsed = 0
    for i in 1..<slots.count {
      slots[i].isSent = false
      switch slots[i].stage {
      case .subscribe, .unsubscribe: remove(UInt16(i))
      case .release: windowUsed += 1
      default: break
      }
    }
    nextRelease = releases.first
    nextPublish = publishes.first
  }

  /// The next message that is to be sent again, which counts as sent then.
  ///
  /// - Parameter window: how many messages the broker takes at a time.
  mutating func takeNext(window: Int) -> UInt16 {
    if nextRelease != 0 {
      let identifier = nextRelease
      nextRelease = slots[Int(identifier)].next
      slots[Int(identifier)].isSent = true
      return identifier
    }
    guard nextPublish != 0, windowUsed < window else { return 0 }
    let identifier = nextPublish
    nextPublish = slots[Int(identifier)].next
    slots[Int(identifier)].isSent = true
    windowUsed += 1
    return identifier
  }
}
