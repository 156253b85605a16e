internal import CWestwindLinux
public import SystemPackage
internal import WestwindPlatform

extension SocketDescriptor {
  /// Waits until one of several descriptors, of any kinds, is ready.
  ///
  /// A layered descriptor is polled for input by its own number, which counts what waits in its buffers, and for
  /// output by the number of the socket below.
  ///
  /// - Parameters:
  ///   - entries: the descriptors; `returned` is set in each.
  ///   - timeout: how long to wait.
  /// - Returns: how many entries have something in `returned`; 0 at the timeout.
  ///
  /// The corresponding C function is `poll`.
  public static func poll(_ entries: inout [PollEntry], timeout: Timeout) throws(Errno) -> Int {
    let deadline = Deadline(timeout)
    var kernel: [pollfd] = []
    kernel.reserveCapacity(entries.count * 2)
    for entry in entries {
      let operations = entry.descriptor.operations
      let (readable, writable) = (operations.readableNumber, operations.writableNumber)
      let isSplit = readable != writable
      let input = isSplit ? entry.events.subtracting(.writable) : entry.events
      let output = isSplit ? entry.events.intersection(.writable) : []
      kernel.append(pollfd(fd: readable, events: input.rawValue, revents: 0))
      kernel.append(pollfd(fd: output.isEmpty ? -1 : writable, events: output.rawValue, revents: 0))
    }
    while true {
      // Sound: the array is not touched while the kernel fills it.
      let outcome = unsafe kernel.withUnsafeMutableBufferPointer { unsafe Syscalls.poll($0, until: deadline) }
      if case .failure(.interrupted) = outcome { continue }
      _ = try outcome.get()
      break
    }
    var count = 0
    for i in entries.indices {
      entries[i].returned = PollEvents(rawValue: kernel[2 * i].revents | kernel[2 * i + 1].revents)
      if !entries[i].returned.isEmpty { count += 1 }
    }
    return count
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
