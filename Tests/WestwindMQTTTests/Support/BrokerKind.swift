import MQTTProtocol
import Testing
import Westwind
import WestwindMQTT
import WestwindTestBrokers
import WestwindTestCertificates
import WestwindTestSupport

/// The brokers that were not written here.
enum BrokerKind: String, CaseIterable, Sendable {
  case mosquitto
  case amqtt

  static var areInstalled: Bool {
    Mosquitto.isInstalled && AMQTT.isInstalled && MosquittoPub.isInstalled && MosquittoSub.isInstalled
  }

  var versions: [MQTTVersion] { self == .mosquitto ? [.mqtt311, .mqtt5] : [.mqtt311] }

  func start() throws -> any RealBroker {
    switch self {
    case .mosquitto: try Mosquitto()
    case .amqtt: try AMQTT()
    }
  }

  /// Starts it, and has `body` done over each transport in each version. What goes wrong is recorded with the way on
  /// which it did.
  func onEachWay(
    sourceLocation: SourceLocation = #_sourceLocation,
    _ body: (any RealBroker, BrokerTransport, MQTTVersion) throws -> Void
  ) throws {
    let broker = try start()
    defer { broker.terminate() }
    for transport in BrokerTransport.allCases {
      for version in versions {
        do {
          try body(broker, transport, version)
        } catch {
          Issue.record(
            "\(self), \(transport), \(version): \(error)\n\(broker.log.suffix(1000))", sourceLocation: sourceLocation)
        }
      }
    }
  }
}

extension RealBroker {
  /// How our client reaches it.
  ///
  /// - Parameter port: that of a proxy before it.
  func clientTransport(_ transport: BrokerTransport, port: UInt16? = nil) throws -> MQTTTransport {
    var options = ConnectOptions()
    options.proxy = .none
    if transport.isSecure { options.tls = certificate.client(for: "127.0.0.1") }
    return MQTTTransport(url: try MQTTURL(transport.url(port: port ?? self.port(transport))), options: options)
  }
}

extension MQTTTransport {
  /// To a broker of the test's own.
  static func loopback(_ transport: BrokerTransport, port: UInt16) throws -> MQTTTransport {
    var options = ConnectOptions()
    options.proxy = .none
    return MQTTTransport(url: try MQTTURL(transport.url(port: port)), options: options)
  }
}

extension MQTTVersion {
  /// The number that peers call it by.
  var number: Int { Int(rawValue) }
}

extension PahoPeer.Connect {
  static func named(_ name: String, _ version: MQTTVersion) -> Self {
    var connect = Self(clientIdentifier: name)
    connect.version = version.number
    return connect
  }
}

extension MQTTConfiguration {
  /// A client with a keep alive that no test waits for.
  init(_ name: String, _ version: MQTTVersion) {
    self.init(clientIdentifier: name)
    self.version = version
    keepAlive = 600
    isCleanStart = true
  }
}

/// The condition under which tests with brokers run.
let brokersAreInstalled = ConditionTrait.enabled(
  if: BrokerKind.areInstalled && PahoPeer.isInstalled, "needs brokers and clients; run Scripts/prepare --tests")
