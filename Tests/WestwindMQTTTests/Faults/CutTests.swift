import MQTTProtocol
import Testing
import WestwindMQTT
import WestwindSockets
import WestwindTestBrokers
import WestwindTestSupport

/// Connections that end at every byte, in either direction.
@Suite(.timeLimit(.minutes(10)))
struct CutTests {
  @Test(arguments: [BrokerTransport.tcp, .ws], MQTTVersion.allCases)
  func `messages arrive although every connection is cut one byte later than the one before`(
    transport: BrokerTransport, version: MQTTVersion
  ) throws {
    for isReading in [true, false] {
      var options = EchoBroker.Options()
      options.transport = transport
      // each second connection gets so far that there is progress
      options.cut = { number in
        let bytes = number % 2 == 0 ? number / 2 : 300 + number
        return number > 240 ? nil : isReading ? .read(bytes) : .written(bytes)
      }
      let broker = try EchoBroker(options)
      defer { broker.stop() }
      var configuration = MQTTConfiguration("ours", version)
      configuration.isCleanStart = false
      configuration.sessionExpiryInterval = 600
      let driver = Driver(configuration, try .loopback(transport, port: broker.port))
      var sent = 0
      var isSubscribed = false
      let deadline = ContinuousClock.now + .seconds(120)
      func isDone() -> Bool { driver.inbox.answered >= 150 && Set(driver.inbox.messages.map(\.text)).count == 150 }
      while !isDone() {
        guard .now < deadline else { throw TestSupportError("\(driver.inbox.answered) were answered in time") }
        do {
          let connAck = try driver.connect()
          if !isSubscribed || !connAck.isSessionPresent {
            try driver.subscribe("echo")
            isSubscribed = true
          }
          while sent < 150 {
            guard driver.client.canPublish else {
              try driver.step(timeout: .seconds(30))
              continue
            }
            let qos: QoS = sent % 2 == 0 ? .atLeastOnce : .exactlyOnce
            do throws(MQTTError) {
              try driver.client.publish(topic: "echo", payload: Array("\(sent)".utf8), qos: qos)
            } catch {
              // where the connection breaks under it, the message is the session's all the same
              if case .transport = error { sent += 1 }
              throw error
            }
            sent += 1
          }
          try driver.run("answers", timeout: .seconds(20)) { isDone() }
        } catch is MQTTError {
        } catch let error as TestSupportError {
          // the driver says so where the connection has ended before a packet was waited for
          guard driver.client.descriptor == nil else {
            throw TestSupportError(
              "\(error): \(driver.inbox.answered) answers, \(driver.inbox.messages.count) messages of \(sent) sent, "
                + "\(broker.outstanding("ours")) on their way, connection \(broker.connectionCount), \(broker.violations)"
            )
          }
        }
      }
      broker.stop()
      let accepted = broker.accepted.map { (Int(String(decoding: $0.payload, as: UTF8.self))!, $0.qos) }
      let once = accepted.filter { $0.1 == .exactlyOnce }.map(\.0)
      #expect(once.sorted() == (0..<75).map { $0 * 2 + 1 })
      #expect(Set(accepted.filter { $0.1 == .atLeastOnce }.map(\.0)) == Set((0..<75).map { $0 * 2 }))
      let here = driver.inbox.messages
      #expect(here.filter { $0.qos == .exactlyOnce }.map(\.text).sorted() == once.map { "\($0)" }.sorted())
      #expect(Set(here.filter { $0.qos == .atLeastOnce }.map(\.text)) == Set((0..<75).map { "\($0 * 2)" }))
      #expect(broker.violations.filter { !$0.hasPrefix("a packet over several frames") } == [])
    }
  }
}
