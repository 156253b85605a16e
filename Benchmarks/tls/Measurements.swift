import BenchmarkSupport
import Glibc
import WestwindSockets
import WestwindTLS

extension Duration {
  var microseconds: Int { Int(self / .microseconds(1)) }
}

func tlsOptions(_ version: TLSVersion) -> TLSOptions {
  var options = TLSOptions(hostName: "localhost")
  options.trustRoots = .pem(certificate.certificate)
  options.minimumVersion = version
  options.maximumVersion = version
  return options
}

func tlsServerOptions() -> TLSServerOptions {
  TLSServerOptions(certificate: TLSCertificate(chain: .pem(certificate.certificate), privateKey: .pem(certificate.key)))
}

/// The mean of handshakes one after the other, with both ends' work, each end a thread, over a pair of sockets.
func handshakeTime(_ version: TLSVersion, resumes: Bool, count: Int) throws -> Duration {
  var options = tlsOptions(version)
  if resumes { options.sessions = TLSSessionCache() }
  var total = Duration.zero
  // The first makes what is shared, and the session.
  for number in 0...count {
    let (a, b) = try SocketDescriptor.pair()
    let server = tlsServerOptions()
    let accepting = BlockingThread {
      let tls = try tlsAccept(b, server)
      // What the client has to read for the session's ticket to come.
      try tls.send([1])
      return tls
    }
    let start = ContinuousClock.now
    let tls = try tlsConnect(a, options)
    _ = try tls.recv(maxCount: 1)
    if number > 0 { total += .now - start }
    guard tlsInfo(tls)?.isResumed == (resumes && number > 0) else { throw TestSupportError("not resumed, or so") }
    try tls.close()
    try accepting.join().close()
    try a.close()
    try b.close()
  }
  return total / count
}

/// What the C library has allocated more for each end while connections are open on which nothing happens. The ends
/// that are closed first are the clients.
func idleMemory(_ version: TLSVersion, count: Int) throws -> (client: Int, server: Int) {
  func open(_ count: Int) throws -> [[SocketDescriptor]] {
    try (0..<count).map { _ in
      let (a, b) = try SocketDescriptor.pair()
      let server = tlsServerOptions()
      let accepting = BlockingThread { try tlsAccept(b, server) }
      let client = try tlsConnect(a, tlsOptions(version))
      let other = try accepting.join()
      // The tickets are read, as in a connection that has been used.
      try other.send([1])
      _ = try client.recv(maxCount: 1)
      return [client, other, a, b]
    }
  }
  try open(10).forEach { try $0.forEach { try $0.close() } }
  let before = allocatedBytes()
  let ends = try open(count)
  let whole = allocatedBytes()
  for end in ends { try end[0].close() }
  let servers = allocatedBytes()
  for end in ends { try end.dropFirst().forEach { try $0.close() } }
  return ((whole - servers) / count, (servers - before) / count)
}

/// A connect that fails at once, since nobody is there: what is left is the making of a context with the system's
/// authorities, and of a connection.
func systemRootsTime() throws -> (first: Duration, again: Duration) {
  func once() throws -> Duration {
    let (a, b) = try SocketDescriptor.pair()
    let start = ContinuousClock.now
    do {
      try tlsConnect(a, TLSOptions(hostName: "localhost"), timeout: .immediate).close()
    } catch TLSError.timedOut {}
    let time = ContinuousClock.now - start
    try a.close()
    try b.close()
    return time
  }
  return (try once(), try once())
}

/// MiB a second in one direction, over TCP on the loopback address, in pieces of 1 MiB.
func rate(_ version: TLSVersion?, megabytes: Int) throws -> Int {
  let listener = try SocketDescriptor.open(.ipv4)
  try listener.bind(to: .loopback(port: 0))
  try listener.listen()
  let a = try SocketDescriptor.open(.ipv4)
  try a.connect(to: listener.getsockname())
  let b = try listener.accept()
  let receiving = BlockingThread { () -> Int in
    let end = version == nil ? b : try tlsAccept(b, tlsServerOptions())
    var count = 0
    let piece = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 16)
    defer { piece.deallocate() }
    while count < megabytes << 20 {
      var output = OutputRawSpan(buffer: piece, initializedCount: 0)
      let received = try end.recv(into: &output, flags: .waitForAll)
      if received == 0 { break }
      count += received
    }
    if version != nil { try end.close() }
    return count
  }
  let piece = pattern(size: 1 << 20, seed: 1)
  let end = try version.map { try tlsConnect(a, tlsOptions($0)) } ?? a
  let start = ContinuousClock.now
  for _ in 0..<megabytes { try end.send(piece) }
  let count = try receiving.join()
  let time = ContinuousClock.now - start
  guard count == megabytes << 20 else { throw TestSupportError("\(count) bytes came") }
  if version != nil { try end.close() }
  for socket in [a, b, listener] { try socket.close() }
  return Int(Double(megabytes) / (time / .seconds(1)))
}
