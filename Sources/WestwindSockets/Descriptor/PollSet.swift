internal import CWestwindLinux
internal import SystemPackage
internal import WestwindPlatform

/// The kernel's numbers behind some descriptors that are polled, and what is to be asked of the layers.
struct PollSet {
  /// Where a descriptor's numbers are in the kernel's list; -1 for none.
  private struct Place {
    /// Its own, with all events that are not of the two others.
    var own = -1
    /// For input, where a layer above holds what has come.
    var input = -1
    /// For output, where another number polls for it.
    var output = -1
    /// Whom to ask whether input is for the program; nil for a kernel socket.
    var layer: (any SocketOperations)?
  }

  private static let inputEvents = PollEvents(rawValue: CShort(POLLIN | POLLRDNORM))
  private static let outputEvents = PollEvents(rawValue: CShort(POLLOUT | POLLWRNORM))

  private var kernel: [pollfd] = []
  private var places: [Place] = []

  init(_ entries: [PollEntry]) {
    kernel.reserveCapacity(entries.count)
    places.reserveCapacity(entries.count)
    for entry in entries { add(entry) }
  }

  private mutating func add(_ entry: PollEntry) {
    var place = Place()
    defer { places.append(place) }
    let number = entry.descriptor.rawValue
    // As poll(2): such an entry is passed over.
    guard number >= 0 else { return }
    place.layer = entry.descriptor.layer
    var (readable, writable) = (number, number)
    if let layer = place.layer { (readable, writable) = (layer.readableNumber, layer.writableNumber) }
    let input = entry.events.intersection(Self.inputEvents)
    let output = entry.events.intersection(Self.outputEvents)
    var own = entry.events
    if !input.isEmpty, let top = Layers.top(over: number) {
      own.subtract(input)
      place.layer = top
      place.input = add(top.readableNumber, input)
    }
    if readable != writable, !output.isEmpty {
      own.subtract(output)
      place.output = add(writable, output)
    }
    place.own = add(readable, own)
  }

  /// - Returns: where in the list it is.
  private mutating func add(_ number: CInt, _ events: PollEvents) -> Int {
    kernel.append(pollfd(fd: number, events: events.rawValue, revents: 0))
    return kernel.count - 1
  }

  /// Polls once, until the deadline.
  mutating func wait(until deadline: Deadline) throws(Errno) {
    var hasJoined = false
    while true {
      // Sound: the array is not touched while the kernel fills it.
      let outcome = unsafe kernel.withUnsafeMutableBufferPointer { unsafe Syscalls.poll($0, until: deadline) }
      switch outcome {
      case .success: return
      case .failure(.interrupted): continue
      // More numbers than the process may have open (RLIMIT_NOFILE): some of them are there twice.
      case .failure(.invalidArgument) where !hasJoined:
        hasJoined = true
        join()
      case .failure(let error): throw error
      }
    }
  }

  /// Has each number stand in the list once.
  private mutating func join() {
    var joined: [pollfd] = []
    var firsts: [CInt: Int] = [:]
    var moved: [Int] = []
    for entry in kernel {
      if let first = firsts[entry.fd] {
        joined[first].events |= entry.events
        moved.append(first)
      } else {
        firsts[entry.fd] = joined.count
        moved.append(joined.count)
        joined.append(entry)
      }
    }
    kernel = joined
    for i in places.indices {
      if places[i].own >= 0 { places[i].own = moved[places[i].own] }
      if places[i].input >= 0 { places[i].input = moved[places[i].input] }
      if places[i].output >= 0 { places[i].output = moved[places[i].output] }
    }
  }

  /// Says what was found.
  ///
  /// - Parameter isDoubtful: set if a number was ready for input that was not for the program.
  /// - Returns: how many entries have something.
  func tell(_ entries: inout [PollEntry], isDoubtful: inout Bool) -> Int {
    var count = 0
    for i in entries.indices {
      let place = places[i]
      let asked = entries[i].events
      let conditions: PollEvents = [.error, .hangUp, .invalid]
      var found = events(place.own).intersection(asked.union(conditions))
      found.formUnion(events(place.output).intersection(asked.union(conditions)))
      found.formUnion(events(place.input).intersection(asked))
      if let layer = place.layer, !found.isDisjoint(with: Self.inputEvents), !layer.canReceive() {
        found.subtract(Self.inputEvents)
        isDoubtful = true
      }
      entries[i].returned = found
      if !found.isEmpty { count += 1 }
    }
    return count
  }

  private func events(_ place: Int) -> PollEvents {
    place < 0 ? [] : PollEvents(rawValue: kernel[place].revents)
  }
}
