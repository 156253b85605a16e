import Glibc
import MQTTProtocol
import Testing
import WestwindMQTT
import WestwindSockets
import WestwindTestBrokers
import WestwindTestSupport

@Suite struct AgentLeakTests {
  @Test func `agents that come and go leave no descriptor and no thread`() async {
    await #expect(processExitsWith: .success) {
      let broker = try EchoBroker()
      try cycle(broker, 5)
      // The thread has its wake descriptor from here on, whether or not it had to wait before.
      try Waker().withWaiting {}
      let descriptors = openDescriptorCount()
      let threads = threadCount() + 10  // a few of the runtime's own may come
      try cycle(broker, 60)
      let end = Deadline(.seconds(20))
      while openDescriptorCount() > descriptors || threadCount() > threads, !end.hasPassed { usleep(5000) }
      #expect(openDescriptorCount() <= descriptors)
      #expect(threadCount() <= threads)
      broker.stop()
    }
  }
}

private func cycle(_ broker: EchoBroker, _ count: Int) throws {
  for i in 0..<count {
    let log = AgentLog()
    let agent = try startedAgent(agentConfiguration(.mqtt5, "agent\(i)"), broker.url, log)
    switch i % 3 {
    case 0:
      try agent.publish(topic: "t", payload: [1], timeout: .seconds(20))
      agent.stop()
    case 1: agent.stop(timeout: .immediate)
    // let go
    default: try agent.publish(topic: "t", payload: [1])
    }
  }
}
