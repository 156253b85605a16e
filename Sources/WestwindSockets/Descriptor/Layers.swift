/// A kind of descriptor that stands over another one, and has a kernel number of its own.
///
/// Both numbers are the program's to close, and a program may do so by `close(2)`, of which this library hears nothing. The
/// kernel gives the number to another file then.
package protocol Layer: SocketOperations, AnyObject {
  /// Whether the layer's number still is its own file.
  var holdsNumber: Bool { get }
  /// Whether the number below still is the file that the layer was made over.
  var holdsSocket: Bool { get }
  /// Ends the layer, since the descriptor below is closed. It does not use the descriptor any more when this returns, nor
  /// does any thread; its own number stays, to be freed by its owner.
  ///
  /// - Parameter isOpen: the descriptor is about to be closed, and may be used until this returns. Otherwise its number is
  ///   another file's.
  func loseSocket(isOpen: Bool)
  /// Ends the layer, since its number is another file's, which is left alone.
  func loseNumber()
}

/// Which layer stands over which descriptor, and what becomes of layers whose numbers were closed behind the library's back.
package enum Layers {
  /// A place over a descriptor, kept for a layer that is about to be made.
  package struct Place: Sendable {
    let number: CInt
    let ticket: UInt64
  }

  private struct Entry {
    let ticket: UInt64
    /// The layer that the number was when the place was kept; nil for a kernel descriptor.
    let below: ObjectIdentifier?
    /// nil until it has been made.
    var layer: (any Layer)?
  }

  private struct State {
    var entries: [Entry?] = []
    var tickets: UInt64 = 0

    subscript(number: CInt) -> Entry? {
      get { number >= 0 && Int(number) < entries.count ? entries[Int(number)] : nil }
      set {
        while entries.count <= Int(number) { entries.append(nil) }
        entries[Int(number)] = newValue
      }
    }
  }

  private static let state = SharedLock(State())

  // MARK: Places

  /// Keeps the place over a descriptor.
  ///
  /// - Returns: nil if there is a layer, or about to be one.
  package static func reserve(over number: CInt) -> Place? {
    for _ in 0..<2 {
      if let place = tryReserve(number) { return place }
      // The layer may be over a socket that has been closed by `close(2)`, or be ended by another thread this moment.
      guard let layer = layer(over: number) else { continue }
      guard !layer.holdsSocket else { return nil }
      // Another thread may have had the same thought, and have a layer of its own there by now.
      if leave(number, layer) { layer.loseSocket(isOpen: false) }
    }
    return tryReserve(number)
  }

  private static func tryReserve(_ number: CInt) -> Place? {
    guard number >= 0 else { return nil }
    let below = SocketDescriptor(rawValue: number).layerObject.map { ObjectIdentifier($0) }
    return state.withLock { state in
      guard state[number] == nil else { return nil }
      state.tickets += 1
      state[number] = Entry(ticket: state.tickets, below: below, layer: nil)
      return Place(number: number, ticket: state.tickets)
    }
  }

  /// Puts the layer into its place.
  ///
  /// - Returns: false if the place is lost: the descriptor was closed meanwhile, and its number is another file's.
  package static func put(_ layer: any Layer, _ place: Place) -> Bool {
    state.withLock { state in
      guard state[place.number]?.ticket == place.ticket else { return false }
      state[place.number]?.layer = layer
      return true
    }
  }

  /// Gives a place back that no layer has been put into.
  package static func leave(_ place: Place) {
    state.withLock { state in
      if state[place.number]?.ticket == place.ticket { state[place.number] = nil }
    }
  }

  /// Gives the place of a layer back, if it still has it.
  ///
  /// - Returns: whether it had.
  @discardableResult
  package static func leave(_ number: CInt, _ layer: any Layer) -> Bool {
    let entry = state.withLock { state -> Entry? in
      guard let entry = state[number], entry.layer === layer else { return nil }
      state[number] = nil
      return entry
    }
    return entry != nil  // released outside the lock, since a release may run code of its own
  }

  /// The layer right over a descriptor.
  package static func layer(over number: CInt) -> (any Layer)? {
    state.withLock { $0[number]?.layer }
  }

  /// The uppermost layer over a descriptor: the one in whose buffers what has come on it waits last.
  static func top(over number: CInt) -> (any Layer)? {
    var (top, below): ((any Layer)?, CInt) = (nil, number)
    while let next = layer(over: below) {
      // The number below is another file's by now, which the layer must not read from.
      guard next.holdsSocket else {
        if leave(below, next) { next.loseSocket(isOpen: false) }
        break
      }
      (top, below) = (next, next.readableNumber)
    }
    return top
  }

  // MARK: Numbers that are closed

  /// Ends the layer over a descriptor that is closed.
  ///
  /// - Parameters:
  ///   - number: the descriptor's.
  ///   - owner: the layer whose number it is, if that may have given it back by now: what stands over another file that has the
  ///     number is left alone.
  ///   - isOpen: as `Layer.loseSocket` says.
  package static func end(over number: CInt, of owner: (any Layer)? = nil, isOpen: Bool = true) {
    let layer = state.withLock { state -> (any Layer)? in
      if let owner, state[number]?.below != ObjectIdentifier(owner) { return nil }
      guard let entry = state[number], let layer = entry.layer else {
        // A layer that is about to be made finds out by its ticket.
        if state[number] != nil { state[number] = nil }
        return nil
      }
      state[number] = nil
      return layer
    }
    // What has been opened under the number behind the library's back is not the layer's to write to.
    if let layer { layer.loseSocket(isOpen: isOpen && layer.holdsSocket) }
  }

  /// Notes a number that the kernel has just given. What is known under it is about a file that has been closed behind the
  /// library's back, and ends.
  package static func noteOpened(_ number: CInt) {
    guard number >= 0 else { return }
    if let stale = SocketDescriptor.takeEntry(number) { (stale as? any Layer)?.loseNumber() }
    end(over: number, isOpen: false)
  }

  /// Ends the layer behind a number if that has become another file's. It takes a system call.
  ///
  /// - Returns: whether there was such a layer: the number is a kernel descriptor from here on.
  @discardableResult
  package static func dropStale(_ number: CInt) -> Bool {
    guard let layer = SocketDescriptor(rawValue: number).layerObject as? any Layer, !layer.holdsNumber,
      SocketDescriptor.unregister(number: number, of: layer)
    else { return false }
    layer.loseNumber()
    return true
  }
}
