internal import CWestwindLinux
internal import Glibc
package import SystemPackage

/// An eventfd used as a level: readable while it is set, or writable while it is not.
///
/// Source: eventfd(2): it polls writable while at least 1 can be added to its counter.
package struct EventLevel: ~Copyable, Sendable {
  package let number: CInt
  private let weight: UInt64
  private var isSet = false

  package enum Meaning {
    case readableWhileSet
    case writableWhileNotSet
  }

  package init(_ meaning: Meaning) throws(Errno) {
    weight = meaning == .readableWhileSet ? 1 : .max - 1
    number = try result(eventfd(0, CInt(EFD_CLOEXEC) | CInt(EFD_NONBLOCK))).get()
  }

  package mutating func set(_ isOn: Bool) {
    guard isOn != isSet else { return }
    isSet = isOn
    var value = weight
    // Sound: an eventfd takes and gives exactly eight bytes.
    if isOn {
      _ = unsafe write(number, &value, 8)
    } else {
      _ = unsafe read(number, &value, 8)
    }
  }

  deinit { _ = Glibc.close(number) }
}
