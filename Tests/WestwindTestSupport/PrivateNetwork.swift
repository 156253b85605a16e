import Glibc

/// Gives the calling thread, and the threads and children that it starts from now on, a network and a resolver of
/// their own: a loopback device that nobody else is on, and files in place of `/etc/hosts` and `/etc/resolv.conf`.
///
/// It cannot be left again, so it is for the process of an exit test. It needs root.
///
/// - Parameters:
///   - hosts: what `/etc/hosts` is to say.
///   - nameServer: the name server to ask.
public func enterPrivateNetwork(hosts: String, nameServer: String = "127.0.0.1") throws {
  let (newMounts, newNetwork): (CInt, CInt) = (0x0002_0000, 0x4000_0000)  // CLONE_NEWNS, CLONE_NEWNET
  guard unshare(newMounts | newNetwork) == 0 else {
    throw TestSupportError("no network of its own for the test (\(errorText())): it needs root")
  }
  let (recursive, `private`, bind): (UInt, UInt, UInt) = (1 << 14, 1 << 18, 1 << 12)  // MS_REC, MS_PRIVATE, MS_BIND
  guard mount(nil, "/", recursive | `private`) == 0 else { throw TestSupportError("mount: \(errorText())") }
  let files = [
    "hosts": hosts, "resolv.conf": "nameserver \(nameServer)\noptions timeout:30 attempts:5\n",
    "nsswitch.conf": "hosts: files dns\n",
  ]
  for (name, text) in files {
    var path = Array("/tmp/westwind-\(name)-XXXXXX".utf8CString)
    let descriptor = mkstemp(&path)
    guard descriptor >= 0 else { throw TestSupportError("mkstemp: \(errorText())") }
    let file = String(decoding: path.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    defer {
      close(descriptor)
      unlink(file)
    }
    fchmod(descriptor, 0o644)
    let bytes = Array(text.utf8)
    guard write(descriptor, bytes, bytes.count) == bytes.count, mount(file, "/etc/\(name)", bind) == 0 else {
      throw TestSupportError("cannot put a file over /etc/\(name): \(errorText())")
    }
  }
  guard let ip = Tool.find("ip") else { throw TestSupportError("ip is not installed; run Scripts/prepare --tests") }
  let up = try ChildProcess.run(ip, ["link", "set", "lo", "up"])
  guard up.status == .exited(0) else { throw TestSupportError("ip link set lo up: \(up.errors)") }
}
