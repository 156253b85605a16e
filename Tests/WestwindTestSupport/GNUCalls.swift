import Glibc

// Calls of glibc that its module hides from Swift, since it is built without _GNU_SOURCE.

/// `pipe2(2)`.
func pipe2(_ ends: UnsafeMutablePointer<CInt>, _ flags: CInt) -> CInt {
  typealias Function = @convention(c) (UnsafeMutablePointer<CInt>, CInt) -> CInt
  return unsafeBitCast(symbol("pipe2"), to: Function.self)(ends, flags)
}

/// `posix_spawn_file_actions_addclosefrom_np(3)`: the child closes all descriptors from `first` on.
func addCloseFrom(_ actions: inout posix_spawn_file_actions_t, _ first: CInt) {
  typealias Function =
    @convention(c) (UnsafeMutablePointer<posix_spawn_file_actions_t>, CInt) -> CInt
  let name = "posix_spawn_file_actions_addclosefrom_np"
  let status = unsafeBitCast(symbol(name), to: Function.self)(&actions, first)
  precondition(status == 0, "\(name): \(errorText(status))")
}

/// `unshare(2)`.
func unshare(_ flags: CInt) -> CInt {
  typealias Function = @convention(c) (CInt) -> CInt
  return unsafeBitCast(symbol("unshare"), to: Function.self)(flags)
}

/// `mount(2)`, without a type and without data.
func mount(_ source: String?, _ target: String, _ flags: UInt) -> CInt {
  guard let source else { return mountFunction(nil, target, nil, flags, nil) }
  return mountFunction(source, target, nil, flags, nil)
}

/// `mount(2)` of a file system that is in memory.
func mountMemory(_ target: String, options: String) -> CInt {
  options.withCString { mountFunction("none", target, "tmpfs", 0, $0) }
}

private typealias MountFunction =
  @convention(c) (
    UnsafePointer<CChar>?, UnsafePointer<CChar>, UnsafePointer<CChar>?, UInt, UnsafeRawPointer?
  ) -> CInt

private var mountFunction: MountFunction { unsafeBitCast(symbol("mount"), to: MountFunction.self) }

private func symbol(_ name: String) -> UnsafeMutableRawPointer {
  guard let address = dlsym(nil, name) else { fatalError("this C library has no \(name)") }
  return address
}
