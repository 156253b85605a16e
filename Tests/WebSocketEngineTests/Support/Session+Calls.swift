import WebSocketEngine
import WebSocketProtocol
import WestwindBuffers
import WestwindTestSupport

/// Calls that take payload as a stream, or none of it.
extension Session {
  /// Reads a head off the input, as an owner does whose handshake goes over the same memory.
  ///
  /// - Returns: nil if it is not whole.
  func readHead(_ reader: inout HeadReader) throws -> [UInt8]? {
    while true {
      var index = 0
      let head = try engine.receiving.input.withSpan { bytes throws(HandshakeViolation) in
        try reader.read(bytes, from: &index)
      }
      engine.receiving.input.drop(index)
      if let head { return head }
      guard fill() else { return nil }
    }
  }

  /// What `receiveBinary` brought.
  enum Run: Equatable {
    case bytes([UInt8])
    case text
    case close
  }

  /// Delivers payload of binary frames, joined, as much as has come: past control frames and empty ones, up to text or
  /// CLOSE.
  func receiveBinary(maxCount: Int = 1000) throws(CallError) -> Run {
    if let error = owed {
      owed = nil
      throw error
    }
    var bytes: [UInt8] = []
    while bytes.count < maxCount {
      let opcode: Opcode?
      do throws(CallError) {
        opcode = try awaitNext()
      } catch {
        // The engine tells a failure once, so it waits here for the next call.
        guard !bytes.isEmpty else { throw error }
        if case .failed = error { owed = error }
        return .bytes(bytes)
      }
      if let opcode {
        if opcode == .close, !bytes.isEmpty { return .bytes(bytes) }
        finishControl()
        if opcode == .close { return .close }
      } else if engine.receiving.message.isText {
        return bytes.isEmpty ? .text : .bytes(bytes)
      } else if engine.receiving.message.remaining == 0 {
        try noting { () throws(EngineFailure) in try engine.receiving.skipFrame() }
      } else if engine.receiving.available == 0 {
        guard fill() else {
          if bytes.isEmpty { throw .wouldBlock }
          return .bytes(bytes)
        }
      } else {
        bytes += try copy(maxCount - bytes.count)
      }
    }
    return .bytes(bytes)
  }

  /// Delivers payload of one data frame, whatever its kind: past control frames and empty ones.
  ///
  /// - Returns: nothing behind the peer's CLOSE, and at the end of the stream.
  func recv(maxCount: Int) throws(CallError) -> [UInt8] {
    while true {
      let opcode: Opcode?
      do throws(CallError) {
        opcode = try awaitNext()
      } catch {
        guard error == .ended else { throw error }
        return []
      }
      if let opcode {
        finishControl()
        if opcode == .close { return [] }
      } else if engine.receiving.message.remaining == 0 {
        try noting { () throws(EngineFailure) in try engine.receiving.skipFrame() }
      } else if engine.receiving.available == 0 {
        guard fill() else { throw .wouldBlock }
      } else {
        return try copy(maxCount)
      }
    }
  }

  /// Passes over whatever comes, to the peer's CLOSE.
  ///
  /// - Returns: false if it has not come yet.
  func passOver() throws(CallError) -> Bool {
    while true {
      let opcode: Opcode?
      do throws(CallError) {
        opcode = try awaitNext()
      } catch {
        guard error == .wouldBlock else { throw error }
        return false
      }
      if let opcode {
        if opcode == .close { return true }
        finishControl()
      } else if engine.receiving.available == 0, engine.receiving.message.remaining > 0 {
        guard fill() else { return false }
      } else {
        try noting { () throws(EngineFailure) in try engine.receiving.skipFrame() }
      }
    }
  }
}
