/// Values by descriptor number. A look-up is a lock, an index and a retain; it is inlinable so that it is also compiled
/// for the values of other modules. `@usableFromInline` is needed for that: without it, a look-up from another module asks
/// the runtime for the metadata of its types.
@usableFromInline package final class DescriptorTable<Value: Sendable>: Sendable {
  @usableFromInline let entries = Lock<[Value?]>([])

  package init() { entries.share() }

  deinit { entries.endSharing() }

  @inlinable package subscript(number: CInt) -> Value? {
    get {
      entries.withLock { entries in
        number >= 0 && Int(number) < entries.count ? entries[Int(number)] : nil
      }
    }
    set {
      precondition(number >= 0, "a descriptor's number is not negative")
      let old = entries.withLock { entries -> Value? in
        while entries.count <= Int(number) { entries.append(nil) }
        let old = entries[Int(number)]
        entries[Int(number)] = newValue
        return old
      }
      _ = old  // released outside the lock, since a release may run code of its own
    }
  }

  /// Takes a value out, if it is one that the body means.
  package func remove(_ number: CInt, where isMeant: (Value) -> Bool) -> Value? {
    entries.withLock { entries in
      guard number >= 0, Int(number) < entries.count, let value = entries[Int(number)], isMeant(value) else {
        return nil
      }
      entries[Int(number)] = nil
      return value
    }
  }

  /// All values, in the order of their numbers.
  package var all: [Value] {
    entries.withLock { $0.compactMap { $0 } }
  }
}
