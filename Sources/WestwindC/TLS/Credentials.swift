// swift-format-ignore-file: AlwaysUseLowerCamelCase

public import CWestwind
internal import SystemPackage
internal import WestwindPlatform
internal import WestwindTLS

@c @implementation
public func tls_credential_add(
  _ tag: sec_tag_t, _ type: tls_credential_type, _ cred: UnsafeRawPointer?, _ credlen: Int
) -> CInt {
  guard unsafe cred != nil || credlen == 0, credlen >= 0 else { return -EINVAL }
  // Sound: the program says how many bytes there are; they are copied here, once.
  let secret = unsafe TLSSecret(copying: RawSpan(_unsafeBytes: UnsafeRawBufferPointer(start: cred, count: credlen)))
  let isKnownToZephyr = type == TLS_CREDENTIAL_PSK || type == TLS_CREDENTIAL_PSK_ID
  return outcome(of: type, otherwise: isKnownToZephyr ? ENOTSUP : EINVAL) { type throws(TLSCredentialError) in
    try tlsCredentialAdd(tag, type, secret)
  }
}

@c @implementation
public func tls_credential_get(
  _ tag: sec_tag_t, _ type: tls_credential_type, _ cred: UnsafeMutableRawPointer?,
  _ credlen: UnsafeMutablePointer<Int>?
) -> CInt {
  guard let credlen = unsafe credlen, unsafe cred != nil || credlen.pointee == 0 else { return -EINVAL }
  var secret = TLSSecret([])
  let code = outcome(of: type, otherwise: ENOENT) { type throws(TLSCredentialError) in
    secret = try tlsCredentialSecret(tag, type)
  }
  guard code == 0 else { return code }
  let room = unsafe credlen.pointee
  unsafe credlen.pointee = secret.count
  guard secret.count <= room else { return -EFBIG }
  // Sound: the program says how much room there is, and it is enough.
  secret.withBytes { bytes in
    unsafe bytes.withUnsafeBytes { unsafe UnsafeMutableRawBufferPointer(start: cred, count: room).copyMemory(from: $0) }
  }
  return 0
}

@c @implementation
public func tls_credential_delete(_ tag: sec_tag_t, _ type: tls_credential_type) -> CInt {
  outcome(of: type, otherwise: ENOENT) { type throws(TLSCredentialError) in try tlsCredentialDelete(tag, type) }
}

/// What a function returns: 0, or a code with a minus before it: the error's, or `unknown` for a type that there is not.
private func outcome(
  of type: tls_credential_type, otherwise unknown: CInt,
  _ body: (TLSCredentialType) throws(TLSCredentialError) -> Void
) -> CInt {
  guard let known = TLSCredentialType(rawValue: CInt(type.rawValue)) else { return -unknown }
  do throws(TLSCredentialError) {
    try body(known)
    return 0
  } catch {
    return -error.errno.rawValue
  }
}
