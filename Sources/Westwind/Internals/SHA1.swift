internal import CWestwindOpenSSL

/// SHA-1, which the handshake asks for (RFC 6455 4.2.2). It proves that the peer read the key; it protects nothing.
func sha1(_ bytes: [UInt8]) -> [UInt8] {
  var digest = [UInt8](repeating: 0, count: 20)
  var length: UInt32 = 0
  // Sound: SHA-1 writes 20 bytes, and there is room for 20.
  let status = unsafe bytes.withUnsafeBytes { bytes in
    unsafe digest.withUnsafeMutableBytes { digest in
      unsafe EVP_Digest(
        bytes.baseAddress, bytes.count, digest.baseAddress?.assumingMemoryBound(to: UInt8.self), &length, algorithm,
        nil)
    }
  }
  precondition(status == 1 && length == 20, "libcrypto has no SHA-1 on this system")
  return digest
}

/// Found once: `EVP_sha1` has libcrypto look for it with every use. Sound: set once, never changed and never freed.
nonisolated(unsafe) private let algorithm = unsafe EVP_MD_fetch(nil, "SHA1", nil)
