internal import CWestwind
internal import MQTTProtocol
internal import WestwindMQTT

// Sound in all: the program gives the length of its memory with the pointer, and keeps the memory for the call. What is
// shown to the program is the library's, and is lent to the callback that it is shown to.

extension mqtt_utf8 {
  /// The bytes; none where the pointer is NULL.
  var bytes: UnsafeBufferPointer<UInt8> { unsafe UnsafeBufferPointer(start: utf8, count: utf8 == nil ? 0 : Int(size)) }

  /// Refuses what would be another text.
  func text() throws(MQTTError) -> String {
    guard let text = unsafe String(validating: bytes, as: UTF8.self) else {
      throw .invalidArgument(.packet(.violation(.textNotUTF8)))
    }
    return text
  }

  /// Shows what came.
  init(showing span: Span<UInt8>) {
    unsafe self = span.withUnsafeBufferPointer { unsafe mqtt_utf8(utf8: $0.baseAddress, size: UInt32($0.count)) }
  }
}

extension mqtt_binstr {
  var bytes: UnsafeBufferPointer<UInt8> { unsafe UnsafeBufferPointer(start: data, count: data == nil ? 0 : Int(len)) }

  /// Shows what came. The pointer is to bytes that may change only for C's lack of a second structure.
  init(showing span: Span<UInt8>) {
    unsafe self = span.withUnsafeBufferPointer {
      unsafe mqtt_binstr(data: UnsafeMutablePointer(mutating: $0.baseAddress), len: UInt32($0.count))
    }
  }
}
