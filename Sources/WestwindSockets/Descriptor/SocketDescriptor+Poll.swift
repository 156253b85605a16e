public import SystemPackage

extension SocketDescriptor {
  /// How often a number may be ready for nothing before it is looked into why, and then polled at leisure.
  private static let patience = 16

  /// Waits until one of several descriptors, of any kinds, is ready.
  ///
  /// `readable` means that a receiving call has something to deliver, or to say why nothing more comes: data, not a session
  /// ticket of TLS, a PING that is answered, or half a frame, all of which are dealt with here. That includes what waits in
  /// buffers of the descriptor. The socket below a layer polls readable when the uppermost layer over it does.
  ///
  /// A layered descriptor polls writable when the kernel's socket has room.
  ///
  /// - Parameters:
  ///   - entries: the descriptors, as many as the process may have open; `returned` is set in each. Numbers below 0 are passed
  ///     over.
  ///   - timeout: how long to wait.
  /// - Returns: how many entries have something in `returned`; 0 at the timeout.
  /// - Throws: as `poll`.
  ///
  /// The corresponding C function is `poll`.
  public static func poll(_ entries: inout [PollEntry], timeout: Timeout) throws(Errno) -> Int {
    let deadline = Deadline(timeout)
    var set = PollSet(entries)
    var rounds = 0
    while true {
      try set.wait(until: deadline)
      var isDoubtful = false
      let count = set.tell(&entries, isDoubtful: &isDoubtful)
      // A peer that sends without end what is for nobody does not make this outlast its time.
      if count > 0 || !isDoubtful || deadline.hasPassed { return count }
      rounds += 1
      guard rounds >= patience else { continue }
      if rounds == patience {
        for entry in entries { Layers.dropStale(entry.descriptor.rawValue) }
        set = PollSet(entries)
      }
      Syscalls.sleep(nanoseconds: 1_000_000)
    }
  }

  /// Waits until this descriptor is ready.
  ///
  /// - Returns: the events that are there; none at the timeout.
  public func poll(for events: PollEvents, timeout: Timeout) throws(Errno) -> PollEvents {
    var entries = [PollEntry(self, events)]
    _ = try SocketDescriptor.poll(&entries, timeout: timeout)
    return entries[0].returned
  }
}
