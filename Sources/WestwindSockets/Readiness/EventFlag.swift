internal import CWestwindLinux
package import SystemPackage
internal import WestwindPlatform

/// An eventfd used as a flag: readable while it is set, or writable while it is not.
///
/// Source: eventfd(2): it polls writable while at least 1 can be added to its counter.
package struct EventFlag: ~Copyable, Sendable {
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

  deinit { _ = WestwindPlatform.close(number) }
}
