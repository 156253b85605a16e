import CWestwindOpenSSL

/// SHA-256 of some bytes, in hexadecimal: how the peers tell of a payload that is too large for a line.
public func sha256(_ bytes: [UInt8]) -> String {
  var digest = [UInt8](repeating: 0, count: 32)
  var length: UInt32 = 0
  EVP_Digest(bytes, bytes.count, &digest, &length, EVP_sha256(), nil)
  return digest.map { String($0 >> 4, radix: 16) + String($0 & 0xF, radix: 16) }.joined()
}
