// swift-format-ignore-file: AlwaysUseLowerCamelCase

public import CWestwind
internal import SystemPackage
internal import WestwindMQTT
internal import WestwindPlatform
internal import WestwindSockets
internal import WestwindTLS

// Sound in both: the program gives a structure, or the length of its memory with the pointer to it.

@c @implementation
public func westwind_tls_info(_ sock: CInt, _ info: UnsafeMutablePointer<westwind_tls_info>?) -> CInt {
  uncancelled {
    guard let info = unsafe info else { return -EINVAL }
    guard let known = tlsInfo(SocketDescriptor(rawValue: sock)) else { return -ENOPROTOOPT }
    unsafe info.initialize(to: westwind_tls_info(known))
    return 0
  }
}

@c @implementation
public func westwind_tls_peer_certificate(
  _ sock: CInt, _ der: UnsafeMutableRawPointer?, _ size: UnsafeMutablePointer<Int>?
) -> CInt {
  uncancelled {
    guard let size = unsafe size, unsafe der != nil || size.pointee == 0 else { return -EINVAL }
    guard let known = tlsInfo(SocketDescriptor(rawValue: sock)) else { return -ENOPROTOOPT }
    guard let certificate = known.peerCertificate?.der else { return -ENOENT }
    let room = unsafe size.pointee
    unsafe size.pointee = certificate.count
    guard certificate.count <= room else { return -EFBIG }
    unsafe UnsafeMutableRawBufferPointer(start: der, count: room).copyBytes(from: certificate)
    return 0
  }
}

@c @implementation
public func westwind_mqtt_tls_info(
  _ client: UnsafeMutablePointer<mqtt_client>?, _ info: UnsafeMutablePointer<westwind_tls_info>?
) -> CInt {
  guard let info = unsafe info else { return -EINVAL }
  return unsafe outcome(client, mayPing: false) { client in
    guard let known = client.tlsInfo else { return -ENOPROTOOPT }
    unsafe info.initialize(to: westwind_tls_info(known))
    return 0
  }
}

extension westwind_tls_info {
  fileprivate init(_ info: TLSInfo) {
    self.init()
    let version =
      switch info.version {
      case .tls1_2: "TLSv1.2"
      case .tls1_3: "TLSv1.3"
      case nil: ""
      }
    copy(version, to: &self.version)
    copy(info.cipherSuite ?? "", to: &cipher_suite)
    copy(info.applicationProtocol ?? "", to: &application_protocol)
    is_resumed = info.isResumed
    copy(info.lastError?.description ?? "", to: &error)
    guard let certificate = info.peerCertificate else { return }
    has_certificate = true
    copy(certificate.subject, to: &subject)
    copy(certificate.issuer, to: &issuer)
    copy(certificate.pin.description, to: &certificate_pin)
    copy(certificate.publicKeyPin.description, to: &public_key_pin)
    copy(certificate.fingerprint, to: &certificate_sha256)
    copy(certificate.publicKeyFingerprint, to: &public_key_sha256)
  }
}

/// Copies a text to an array of characters of C's, cut so that a NUL is behind it, and no character of UTF-8 is in pieces.
private func copy<Characters>(_ text: String, to array: inout Characters) {
  let room = MemoryLayout<Characters>.size - 1
  var bytes = Array(text.utf8.prefix(room))
  if bytes.count < text.utf8.count {
    while let last = bytes.last, last & 0xC0 == 0x80 { bytes.removeLast() }
    if let last = bytes.last, last >= 0xC0 { bytes.removeLast() }
  }
  copy(bytes + [0], to: &array)
}

/// Copies bytes to an array of C's, as many as there is room for.
///
/// Sound: an array of C's is a tuple of bytes without padding, and no more is written than it has.
private func copy<Characters>(_ bytes: [UInt8], to array: inout Characters) {
  unsafe withUnsafeMutableBytes(of: &array) { room in
    unsafe room.copyBytes(from: bytes.prefix(room.count))
  }
}
