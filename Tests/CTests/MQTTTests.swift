import Glibc
import Testing
import WestwindTestCertificates
import WestwindTestSupport

/// `<zephyr/net/mqtt.h>`: programs that speak for both ends, and Zephyr's own sample with mosquitto.
@Suite(
  .serialized, .timeLimit(.minutes(10)),
  .enabled(if: CProgram.isPossible && Mosquitto.isInstalled, "run Scripts/prepare --tests"))
struct WestwindMQTTTests {
  @Test(arguments: CProgram.Language.allCases)
  func `the functions of MQTT do what they say, and fail with Zephyr's codes`(language: CProgram.Language) throws {
    _ = try CProgram("mqtt", language)()
  }

  @Test(arguments: CProgram.Language.allCases)
  func `MQTT 5's properties, reason codes and AUTH`(language: CProgram.Language) throws {
    _ = try CProgram("mqtt5", language)()
  }

  @Test(arguments: CProgram.Language.allCases)
  func `a program has a transport of its own`(language: CProgram.Language) throws {
    _ = try CProgram("mqtt_custom", language)()
  }

  @Test(arguments: CProgram.Language.allCases)
  func `the client is called in its callback and by two threads, and a broker says nothing`(
    language: CProgram.Language
  ) throws {
    _ = try CProgram("mqtt_reentry", language)()
  }

  @Test(arguments: CProgram.Language.allCases)
  func `over a WebSocket each subprotocol is offered once`(language: CProgram.Language) throws {
    _ = try CProgram("mqtt_websocket", language)()
  }

  @Test func `the flow of Zephyr's MQTT publisher goes over TCP, TLS, ws and wss, in both versions`() throws {
    let broker = try Mosquitto()
    defer { broker.terminate() }
    let certificate = try write(broker.certificate.certificate, to: "\(try workFolder.get())/broker.pem")
    let program = try CProgram("mqtt_flow", .cpp17)
    for transport in BrokerTransport.allCases {
      for version in ["3", "5"] {
        let arguments = [transport.rawValue, "\(broker.port(transport))", "100", version]
        let said = try program(arguments + (transport.isSecure ? [certificate] : []), checksMemory: false)
        #expect(said == "100 rounds\n", "\(transport), MQTT \(version)")
      }
    }
    // The heaviest of them, slowly.
    let slow = try CProgram("mqtt_flow", .c11)
    #expect(try slow(["wss", "\(broker.port(.wss))", "5", "5", certificate]) == "5 rounds\n")
  }

  @Test(.enabled(if: RealProxy.Kind.microsocks.program != nil, "needs microsocks; run Scripts/prepare --tests"))
  func `the same flow goes through a SOCKS proxy, which has to let it`() throws {
    let broker = try Mosquitto()
    defer { broker.terminate() }
    let certificate = try write(broker.certificate.certificate, to: "\(try workFolder.get())/broker.pem")
    let program = try CProgram("mqtt_flow", .cpp17)
    func flow(_ transport: BrokerTransport, through proxy: RealProxy) throws -> String {
      try program(
        [
          transport.rawValue, "\(broker.port(transport))", "10", "5", transport.isSecure ? certificate : "-",
          "\(proxy.port)",
        ], checksMemory: false)
    }
    let proxy = try RealProxy(.microsocks, wantsLogin: false)
    defer { proxy.stop() }
    for transport in BrokerTransport.allCases {
      #expect(try flow(transport, through: proxy) == "10 rounds\n", "\(transport)")
    }
    // One that asks for a login lets nobody through, so it was the proxy that was asked.
    let strict = try RealProxy(.microsocks)
    defer { strict.stop() }
    for transport in [BrokerTransport.tcp, .ws] {
      let error = #expect(throws: TestSupportError.self) { try flow(transport, through: strict) }
      #expect(error?.description.contains("-\(ECONNABORTED)") == true)
    }
  }
}
