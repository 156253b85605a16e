internal import CWestwindLinux
internal import Synchronization
package import SystemPackage
internal import WestwindPlatform

/// The socket options `SO_RCVTIMEO` and `SO_SNDTIMEO` of a layer: how long a call may wait that has no timeout of its own.
///
/// A layer begins with those of the descriptor that it is made over. What is set on that one later, by this library's
/// `setsockopt`, holds for the layer, too.
package struct CallTimeouts: ~Copyable, Sendable {
  /// Nanoseconds, as `Timeout` has them.
  private let receive: Atomic<Int64>
  private let send: Atomic<Int64>

  package init() {
    receive = Atomic(Timeout.forever.nanoseconds)
    send = Atomic(Timeout.forever.nanoseconds)
  }

  package init(of below: any SocketOperations) {
    receive = Atomic(below.timeout(SO_RCVTIMEO).nanoseconds)
    send = Atomic(below.timeout(SO_SNDTIMEO).nanoseconds)
  }

  /// How long a receiving call may wait.
  package var receiving: Timeout { Timeout(nanoseconds: receive.load(ordering: .relaxed)) }
  /// How long a sending call may wait.
  package var sending: Timeout { Timeout(nanoseconds: send.load(ordering: .relaxed)) }

  /// Whether the option is one of the two.
  package static func isOne(level: CInt, name: CInt) -> Bool {
    level == SOL_SOCKET && (name == SO_RCVTIMEO || name == SO_SNDTIMEO)
  }

  /// Takes the option if it is one of the two.
  ///
  /// - Returns: whether it is.
  /// - Throws: as Linux: `EINVAL` for a value that is shorter than `struct timeval`, `EDOM` for microseconds that are none.
  package func set(level: CInt, name: CInt, value: RawSpan) throws(Errno) -> Bool {
    guard Self.isOne(level: level, name: name) else { return false }
    guard value.byteCount >= MemoryLayout<timeval>.size else { throw .invalidArgument }
    // Sound: there are as many bytes, and any bytes are two integers.
    let time = unsafe value.unsafeLoadUnaligned(as: timeval.self)
    guard 0..<1_000_000 ~= time.tv_usec else { throw Errno(rawValue: EDOM) }
    let nanoseconds = Timeout(optionSeconds: time.tv_sec, microseconds: Int(time.tv_usec)).nanoseconds
    if name == SO_RCVTIMEO {
      receive.store(nanoseconds, ordering: .relaxed)
    } else {
      send.store(nanoseconds, ordering: .relaxed)
    }
    return true
  }

  /// Gives the option if it is one of the two.
  ///
  /// - Returns: whether it is.
  package func get(level: CInt, name: CInt, into value: inout OutputRawSpan) throws(Errno) -> Bool {
    guard Self.isOne(level: level, name: name) else { return false }
    guard value.freeCapacity >= MemoryLayout<timeval>.size else { throw .invalidArgument }
    let timeout = name == SO_RCVTIMEO ? receiving : sending
    var time = timeval()
    if timeout != .forever {
      // 0 would mean without end.
      let microseconds = max(1, timeout.nanoseconds / 1000)
      time = timeval(tv_sec: Int(microseconds / 1_000_000), tv_usec: Int(microseconds % 1_000_000))
    }
    // Sound: two integers, for which there is room.
    unsafe value.append(time, as: timeval.self)
    return true
  }
}

extension Timeout {
  /// 0 is without end; a negative time does not wait. (`timeval` is in no declaration here: several modules have it, and
  /// those who import this one would find it in another than they expect.)
  fileprivate init(optionSeconds seconds: Int, microseconds: Int) {
    if seconds == 0, microseconds == 0 {
      self = .forever
    } else if seconds < 0 {
      self = .immediate
    } else {
      self.init(.seconds(seconds) + .microseconds(microseconds))
    }
  }
}

extension SocketOperations {
  /// What one of the two options says; `.forever` also where there is no such option.
  func timeout(_ name: CInt) -> Timeout {
    var time = timeval()
    // Sound: the span covers `time`, any bytes of which are two integers.
    let count = unsafe withUnsafeMutableBytes(of: &time) { bytes -> Int in
      var output = unsafe OutputRawSpan(buffer: bytes, initializedCount: 0)
      try? getOption(level: SOL_SOCKET, name: name, into: &output)
      return output.byteCount
    }
    guard count == MemoryLayout<timeval>.size else { return .forever }
    return Timeout(optionSeconds: time.tv_sec, microseconds: Int(time.tv_usec))
  }
}

extension SocketDescriptor {
  /// Has the layers over a descriptor wait as it was told to.
  package func tellLayers(level: CInt, name: CInt, value: RawSpan) {
    guard CallTimeouts.isOne(level: level, name: name) else { return }
    var number = rawValue
    while let layer = Layers.layer(over: number) {
      try? layer.setOption(level: level, name: name, value: value)
      number = layer.readableNumber
    }
  }
}
