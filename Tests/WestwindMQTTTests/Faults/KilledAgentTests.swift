import Glibc
import MQTTProtocol
import Synchronization
import Testing
import WestwindMQTT
import WestwindTestSupport

/// Clients whose process is killed, again and again, and begun anew on the same file store.
@Suite(.serialized, .timeLimit(.minutes(10)))
struct KilledAgentTests {
  static let kills = 20

  private static func broker() throws -> Mosquitto {
    var options = MosquittoOptions()
    options.transports = [.ws]
    options.maxQueuedMessages = 0
    return try Mosquitto(options)
  }

  @Test(brokersAreInstalled)
  func `a publisher that is killed 20 times loses nothing that it took, and doubles nothing of QoS 2`() throws {
    let broker = try Self.broker()
    defer { broker.terminate() }
    let folder = try TemporaryFolder("killed")
    defer { folder.remove() }
    let (once, atLeastOnce) = (Tally(), Tally())
    var configuration = agentConfiguration(.mqtt5, "watch")
    configuration.client.keepAlive = 0
    let watch = MQTTAgent(configuration, transport: try broker.clientTransport(.ws)) { event in
      guard case .message(let message) = event, let number = number(message.payload) else { return }
      (number.isMultiple(of: 2) ? atLeastOnce : once).note(number)
    }
    try watch.start()
    try watch.subscribe("killed/#")

    var random = SeededGenerator(seed: 3)
    var taken: [Int] = []
    for kill in 0...Self.kills {
      // what was taken and not said is another number
      let child = try ChildProcess(
        builtProgram("KilledAgent"),
        ["publish", broker.url(.ws), folder.path + "/publisher", "\((kill + 1) * 100_000)"])
      defer { child.terminate() }
      for _ in 0..<Int.random(in: 1...60, using: &random) {
        taken.append(try #require(Int(try child.readLine(timeout: .seconds(60)) ?? "")))
      }
      if kill == Self.kills {
        try child.write(Array("stop\n".utf8))
      } else {
        usleep(UInt32.random(in: 0...5000, using: &random))
        child.signal(SIGKILL)
      }
      taken += String(decoding: try child.readAll(), as: UTF8.self).split(separator: "\n").compactMap { Int($0) }
      #expect(try child.waitForExit() == (kill == Self.kills ? .exited(0) : .signalled(SIGKILL)))
    }
    let isThere = { once.missing(taken.filter { $0 % 2 == 1 }) + atLeastOnce.missing(taken.filter { $0 % 2 == 0 }) }
    for _ in 0..<1000 where !isThere().isEmpty { usleep(10_000) }
    #expect(isThere() == [])
    // whatever is still on its way is there by now
    usleep(200_000)
    #expect(once.doubled == [])
    #expect(taken.count > Self.kills)
    watch.stop()
  }

  @Test(brokersAreInstalled)
  func `a receiver that is killed 20 times misses nothing, and keeps what is of QoS 2 once`() throws {
    let broker = try Self.broker()
    defer { broker.terminate() }
    let folder = try TemporaryFolder("killed")
    defer { folder.remove() }
    let log = folder.path + "/log"
    var random = SeededGenerator(seed: 4)
    var configuration = agentConfiguration(.mqtt5, "source")
    configuration.client.keepAlive = 0
    let source = MQTTAgent(configuration, transport: try broker.clientTransport(.ws)) { _ in }
    try source.start()
    var sent = 0
    for kill in 0...Self.kills {
      let child = try ChildProcess(
        builtProgram("KilledAgent"), ["receive", broker.url(.ws), folder.path + "/receiver", log])
      defer { child.terminate() }
      #expect(try child.readLine(timeout: .seconds(60)) == "ready")
      for _ in 0..<Int.random(in: 1...60, using: &random) {
        try source.publish(
          topic: "killed/\(sent % 2 + 1)", payload: payload(sent),
          qos: sent.isMultiple(of: 2) ? .atLeastOnce : .exactlyOnce)
        sent += 1
        usleep(500)
      }
      if kill < Self.kills {
        usleep(UInt32.random(in: 0...5000, using: &random))
      } else {
        for _ in 0..<1000 where Set(try numbers(in: log)).count < sent { usleep(10_000) }
        usleep(200_000)
      }
      child.signal(SIGKILL)
      #expect(try child.waitForExit() == .signalled(SIGKILL))
    }
    let came = try numbers(in: log)
    #expect(Set(0..<sent).subtracting(came).sorted() == [])
    let odd = came.filter { $0 % 2 == 1 }
    #expect(odd.count == Set(odd).count)
    #expect(source.stop())
  }

  private func numbers(in path: String) throws -> [Int] {
    guard let file = fopen(path, "r") else { return [] }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    while case let byte = fgetc(file), byte != EOF { bytes.append(UInt8(byte)) }
    return String(decoding: bytes, as: UTF8.self).split(separator: "\n").compactMap { Int($0) }
  }
}
