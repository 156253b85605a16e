/// Bytes in base64 with padding (RFC 4648 section 4).
package func base64(_ bytes: [UInt8]) -> String {
  let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
  let padding = UInt8(ascii: "=")
  let length = (bytes.count + 2) / 3 * 4
  return String(unsafeUninitializedCapacity: length) { out in
    var place = 0
    for start in stride(from: 0, to: bytes.count, by: 3) {
      let left = bytes.count - start
      let group =
        UInt32(bytes[start]) << 16 | (left > 1 ? UInt32(bytes[start + 1]) << 8 : 0)
        | (left > 2 ? UInt32(bytes[start + 2]) : 0)
      out[place] = digits[Int(group >> 18)]
      out[place + 1] = digits[Int(group >> 12 & 63)]
      out[place + 2] = left > 1 ? digits[Int(group >> 6 & 63)] : padding
      out[place + 3] = left > 2 ? digits[Int(group & 63)] : padding
      place += 4
    }
    return length
  }
}
