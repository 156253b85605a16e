internal import CWestwindOpenSSL

/// SHA-256 (FIPS 180-4), by which certificates and keys are recognized.
enum Digest {
  /// - Returns: 32 bytes; zeros if OpenSSL has no SHA-256, which no pin equals.
  static func sha256(_ bytes: UnsafeRawBufferPointer) -> [UInt8] {
    var digest = [UInt8](repeating: 0, count: 32)
    var count: UInt32 = 0
    // Sound: read within its bounds; a digest has 32 bytes.
    let status = unsafe EVP_Digest(bytes.baseAddress, bytes.count, &digest, &count, EVP_sha256(), nil)
    return status == 1 && count == 32 ? digest : [UInt8](repeating: 0, count: 32)
  }
}
