import Glibc
import PerMessageDeflate
import Testing
import WestwindSockets
import WestwindTestSupport

/// The client against servers that were not written here: 10,000 frames of 0 to 70,000 bytes each, with no mismatch.
///
/// Each runs in a process of its own, so that the open descriptors it counts are its own.
@Suite(.serialized, .timeLimit(.minutes(10)))
struct InteropTests {
  @Test(
    "The websockets package for Python echoes 10,000 frames as they were sent",
    .enabled(if: Peer.Kind.websockets.isInstalled, "needs .build/peers; run Scripts/prepare --tests"))
  func websocketsEchoes() async {
    await #expect(processExitsWith: .success) {
      expectNoMismatch { try exchange(with: .websockets, frameCount: $0) }
    }
  }

  @Test(
    "libwebsockets echoes 10,000 frames as they were sent",
    .enabled(if: Peer.Kind.libwebsockets.isInstalled, "needs .build/peers/bin/lws-echo; run Scripts/prepare --tests"))
  func libwebsocketsEchoes() async {
    await #expect(processExitsWith: .success) {
      expectNoMismatch { try exchange(with: .libwebsockets, frameCount: $0) }
    }
  }

  @Test(
    "The websockets package echoes 10,000 compressed frames as they were sent",
    .enabled(if: Peer.Kind.websockets.isInstalled, "needs .build/peers; run Scripts/prepare --tests"),
    arguments: PerMessageDeflateParameters.thorough)
  func websocketsEchoesCompressed(compression: PerMessageDeflateParameters) async {
    let arguments = compression.arguments
    await #expect(processExitsWith: .success) { [arguments = arguments as [String]] in
      let compression = PerMessageDeflateParameters(arguments: arguments)
      expectNoMismatch { try exchange(with: .websockets, frameCount: $0, compression: compression) }
    }
  }

  @Test(
    "The websockets package echoes frames with a window of every size, with context takeover and without",
    .enabled(if: Peer.Kind.websockets.isInstalled, "needs .build/peers; run Scripts/prepare --tests"))
  func websocketsEchoesWithEveryWindow() async {
    await #expect(processExitsWith: .success) {
      for compression in PerMessageDeflateParameters.everyWindow {
        expectNoMismatch(frameCount: PerMessageDeflateParameters.framesPerWindow) {
          try exchange(with: .websockets, frameCount: $0, compression: compression)
        }
      }
    }
  }

  @Test(
    "The websockets package echoes 10,000 frames over TLS",
    .enabled(if: Peer.Kind.websockets.isInstalled, "needs .build/peers; run Scripts/prepare --tests"))
  func websocketsEchoesOverTLS() async {
    await #expect(processExitsWith: .success) {
      expectNoMismatch { try exchange(with: .websockets, frameCount: $0, isSecure: true) }
    }
  }

  @Test(
    "The websockets package echoes 10,000 compressed frames over TLS",
    .enabled(if: Peer.Kind.websockets.isInstalled, "needs .build/peers; run Scripts/prepare --tests"))
  func websocketsEchoesCompressedOverTLS() async {
    await #expect(processExitsWith: .success) {
      expectNoMismatch {
        try exchange(
          with: .websockets, frameCount: $0, isSecure: true, compression: PerMessageDeflateParameters())
      }
    }
  }

  @Test(
    "10,000 frames come back through nginx, which speaks TLS",
    .enabled(if: Peer.Kind.nginx.isInstalled, "needs nginx and .build/peers; run Scripts/prepare --tests"))
  func nginxPassesOn() async {
    await #expect(processExitsWith: .success) {
      expectNoMismatch { try exchange(with: .nginx, frameCount: $0) }
    }
  }

  @Test(
    "cat behind websocketd gives back the bytes of 10,000 frames",
    .enabled(if: Peer.Kind.websocketd.isInstalled, "needs websocketd; run Scripts/prepare --tests"))
  func websocketdEchoes() async {
    await #expect(processExitsWith: .success) {
      expectNoMismatch { try exchangeStream(frameCount: $0) }
    }
  }
}

/// Runs an exchange of 10,000 frames, and one of a few before it for what the library opens once and keeps;
/// expects the same descriptors after as before.
private func expectNoMismatch(frameCount: Int = 10_000, _ exchange: (Int) throws -> Int) {
  // the time limit of a test does not reach into its process
  alarm(580)
  // recorded and not thrown: an error that leaves the body of an exit test is a crash without a word
  do {
    _ = try exchange(100)
    // The thread has its wake descriptor from here on, whether or not it had to wait before.
    try Waker().withWaiting {}
    let before = openDescriptors()
    let frames = try exchange(frameCount)
    if frames < frameCount { Issue.record("only \(frames) frames were exchanged") }
    let left = openDescriptors().filter { before[$0] != $1 }
    if !left.isEmpty { Issue.record("left open: \(left.values.sorted())") }
  } catch {
    Issue.record(error)
  }
}
