internal import CWestwindLinux
internal import SystemPackage
internal import WestwindPlatform

/// `accept4`, closed when another program is executed. Sound: as in `zsock_accept`.
///
/// It is apart from `zsock_accept` because of `sockaddr`, which CWestwindLinux and CWestwind both have from the C library's header.
/// The compiler takes it from either, in an incremental build perhaps from another than in a whole one, and where a file
/// imports that one as `internal`, no public function of the file may have it.
func acceptInKernel(
  _ sock: CInt, _ addr: UnsafeMutablePointer<sockaddr>?, _ addrlen: UnsafeMutablePointer<socklen_t>?
) throws(Errno) -> CInt {
  try systemCall { unsafe accept4(sock, addr, addrlen, CInt(SOCK_CLOEXEC.rawValue)) }
}
