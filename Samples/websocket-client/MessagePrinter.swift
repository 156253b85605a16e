import SampleSupport
import WebSocketProtocol
import Westwind

/// Turns received frames into what `listen` does next.
struct MessagePrinter {
  enum Action {
    case nothing
    case print([UInt8])
    case ping([UInt8])
    case pong([UInt8])
    case close(CloseStatus)
  }

  private let toTerminal: Bool
  private var filter = ControlCharacterFilter()
  /// Of the binary message under way.
  private var size = 0
  private var preview: [UInt8] = []
  /// Of the control frame under way: at most 125 bytes (RFC 6455 section 5.5).
  private var control: [UInt8] = []

  private static let previewSize = 16

  init(toTerminal: Bool) {
    self.toTerminal = toTerminal
  }

  /// Takes a frame or a part of one.
  mutating func take(_ frame: ReceivedMessage, _ bytes: RawSpan) -> Action {
    if frame.isText { return takeText(frame, bytes) }
    if frame.isBinary { return takeBinary(frame, bytes) }

    control += bytes.array
    guard frame.remaining == 0 else { return .nothing }
    defer { control = [] }
    if frame.isPing { return .ping(control) }
    if frame.isPong { return .pong(control) }
    return .close(closeStatus())
  }

  private mutating func takeText(_ frame: ReceivedMessage, _ bytes: RawSpan) -> Action {
    var text = bytes.array
    // Into a file or a pipe goes what was received, byte for byte.
    if toTerminal { text = filter.filtered(text) + (frame.endsMessage ? filter.rest() : []) }
    if frame.endsMessage { text.append(UInt8(ascii: "\n")) }
    return .print(text)
  }

  private mutating func takeBinary(_ frame: ReceivedMessage, _ bytes: RawSpan) -> Action {
    size += bytes.byteCount
    let missing = min(Self.previewSize - preview.count, bytes.byteCount)
    preview += bytes.extracting(first: missing).array
    guard frame.endsMessage else { return .nothing }
    defer {
      size = 0
      preview = []
    }
    return .print(Array(line.utf8))
  }

  /// `<binary, 1,234 bytes: 00 01 02 03 ... >`
  private var line: String {
    let hex = preview.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(separator: " ")
    let more = size > preview.count ? " …" : ""
    return "<binary, \(grouped(size)) \(size == 1 ? "byte" : "bytes")\(preview.isEmpty ? "" : ": ")\(hex)\(more)>\n"
  }

  /// RFC 6455 section 5.5.1: nothing, or two bytes of code and then a reason.
  private func closeStatus() -> CloseStatus {
    guard control.count >= 2 else { return CloseStatus(code: .noStatus) }
    let code = UInt16(control[0]) << 8 | UInt16(control[1])
    return CloseStatus(code: CloseCode(rawValue: code), reason: String(decoding: control.dropFirst(2), as: UTF8.self))
  }
}
