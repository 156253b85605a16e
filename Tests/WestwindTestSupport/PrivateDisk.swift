import Glibc

/// Gives the calling thread, and the threads and children that it starts from now on, a small disk of their own, which
/// is in memory and goes away with them.
///
/// It cannot be left again, so it is for the process of an exit test. It needs root.
///
/// - Parameters:
///   - folder: where it is to be; what is there is hidden.
///   - megabytes: how large it is.
public func enterPrivateDisk(at folder: String, megabytes: Int) throws(TestSupportError) {
  let (newMounts, recursive, `private`): (CInt, UInt, UInt) = (0x0002_0000, 1 << 14, 1 << 18)  // CLONE_NEWNS, MS_...
  guard unshare(newMounts) == 0, mount(nil, "/", recursive | `private`) == 0,
    mountMemory(folder, options: "size=\(megabytes)m") == 0
  else { throw TestSupportError("no disk of its own for the test (\(errorText())): it needs root") }
}
