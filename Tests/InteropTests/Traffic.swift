import WestwindTestSupport

/// A message of the fixed traffic that the peers echo: its bytes follow from its number.
struct Message {
  let number: Int
  let isText: Bool
  /// The payload sizes of its frames; one for a message that is not fragmented.
  let frameSizes: [Int]

  var size: Int { frameSizes.reduce(0, +) }

  var payload: [UInt8] {
    isText
      ? Array(textPattern(size: size, seed: UInt64(number)).utf8)
      : pattern(size: size, seed: UInt64(number))
  }
}

/// Messages of at least `frameCount` frames in all, of 0 to 70,000 bytes: mostly small, with every size at which
/// the form of the frame header changes and its neighbours, in every tenth message. Always the same ones.
///
/// - Parameter plain: Only whole binary messages.
func traffic(frameCount: Int, plain: Bool = false) -> [Message] {
  let boundaries = [0, 1, 124, 125, 126, 127, 65534, 65535, 65536, 65537, 70000]
  var generator = SeededGenerator(seed: 6455)
  var messages: [Message] = []
  var frames = 0
  while frames < frameCount {
    let number = messages.count
    func size() -> Int {
      switch number % 100 {
      case 99: Int.random(in: 0...70000, using: &generator)
      case 90...98: Int.random(in: 0...8000, using: &generator)
      default: Int.random(in: 0...300, using: &generator)
      }
    }
    // the boundaries in turn; the others are fragmented or text now and then
    var sizes: [Int]
    if number % 10 == 0 {
      sizes = [boundaries[number / 10 % boundaries.count]]
    } else if number % 10 == 7 && !plain {
      sizes = (0..<Int.random(in: 2...5, using: &generator)).map { _ in size() }
    } else {
      sizes = [size()]
    }
    let isText = !plain && number % 4 == 1
    messages.append(Message(number: number, isText: isText, frameSizes: sizes))
    frames += sizes.count
  }
  return messages
}
