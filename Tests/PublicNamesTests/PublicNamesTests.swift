import Testing
import Westwind
import WestwindMQTT
import WestwindTestSupport

/// Every public type behind the two imports that programs write, by the name alone: a name that another of our modules has
/// as well, or that is gone, does not compile. One that is missing here fails a test.
///
/// Without any other import of ours, since that is what a program sees.
enum PublicNames {
  enum InWestwind {
    typealias NameCloseStatus = CloseStatus
    typealias NameHandshakeError = HandshakeError
    typealias NameHandshakeRefusal = HandshakeRefusal
    typealias NameHandshakeRequest = HandshakeRequest
    typealias NameHandshakeResponse = HandshakeResponse
    typealias NameKeepAlive = KeepAlive
    typealias NameRedirectFailure = RedirectFailure
    typealias NameSendBatch = SendBatch
    typealias NameSendFlags = SendFlags
    typealias NameWebSocketConnection = WebSocketConnection
    typealias NameWebSocketContextInfo = WebSocketContextInfo
    typealias NameWebSocketDescriptor = WebSocketDescriptor
    typealias NameWebSocketError = WebSocketError
    typealias NameWebSocketMessage = WebSocketMessage
    typealias NameWebSocketOptions = WebSocketOptions
    typealias NameWebSocketRequest = WebSocketRequest
    typealias NameWebSocketSocketOption = WebSocketSocketOption
    typealias NameWebSocketURL = WebSocketURL
  }

  enum InWestwindConnecting {
    typealias NameConnectError = ConnectError
    typealias NameConnectOptions = ConnectOptions
    typealias NameProxyFailure = ProxyFailure
    typealias NameProxyResponse = ProxyResponse
    typealias NameProxyServer = ProxyServer
    typealias NameSOCKSReply = SOCKSReply
    typealias NameServerURLError = ServerURLError
    typealias NameURLCredentials = URLCredentials
  }

  enum InWestwindSockets {
    typealias NameAddressFamily = AddressFamily
    typealias NameDeadline = Deadline
    typealias NameMessageFlags = MessageFlags
    typealias NamePollEntry = PollEntry
    typealias NamePollEvents = PollEvents
    typealias NameReadiness = Readiness
    typealias NameReceivedMetadata = ReceivedMetadata
    typealias NameResolutionError = ResolutionError
    typealias NameShutdownKind = ShutdownKind
    typealias NameSocketAddress = SocketAddress
    typealias NameSocketDescriptor = SocketDescriptor
    typealias NameSocketOperations = any SocketOperations
    typealias NameSocketType = SocketType
    typealias NameTimeout = Timeout
    typealias NameWait = Wait
  }

  /// Of its names only this one is exported, since descriptors are sent it.
  enum FromWestwindBuffers {
    typealias NamePayload = Payload
  }

  enum InTLSEngine {
    typealias NameOCSPStapling = OCSPStapling
    typealias NameTLSConnectionEngine = TLSConnectionEngine
    typealias NameTLSContext = TLSContext
    typealias NameTLSFailure = TLSFailure<Never>
    typealias NameTLSPeerCertificate = TLSPeerCertificate
    typealias NameTLSPin = TLSPin
    typealias NameTLSSecret = TLSSecret
    typealias NameTLSSession = TLSSession
    typealias NameTLSTrustStore = TLSTrustStore
    typealias NameTLSVerification = TLSVerification
    typealias NameTLSVerifier = TLSVerifier
    typealias NameTLSVersion = TLSVersion
  }

  enum InWestwindTLS {
    typealias NameTLSCertificate = TLSCertificate
    typealias NameTLSCredentialError = TLSCredentialError
    typealias NameTLSCredentialType = TLSCredentialType
    typealias NameTLSError = TLSError
    typealias NameTLSInfo = TLSInfo
    typealias NameTLSOptions = TLSOptions
    typealias NameTLSServerOptions = TLSServerOptions
    typealias NameTLSSessionCache = TLSSessionCache
    typealias NameTLSSocketOption = TLSSocketOption
    typealias NameTLSSource = TLSSource
    typealias NameTLSTrustRoots = TLSTrustRoots
  }

  enum InWebSocketProtocol {
    typealias NameClientHandshake = ClientHandshake
    typealias NameCloseBody = CloseBody
    typealias NameCloseCode = CloseCode
    typealias NameFrameHeader = FrameHeader
    typealias NameHandshakeKey = HandshakeKey
    typealias NameHandshakeTextError = HandshakeTextError
    typealias NameHandshakeViolation = HandshakeViolation
    typealias NameHeadReader = HeadReader
    typealias NameHeaderField = HeaderField
    typealias NameMaskingKey = MaskingKey
    typealias NameMessageType = MessageType
    typealias NameOpcode = Opcode
    typealias NameProtocolViolation = ProtocolViolation
    typealias NameReceiveState = ReceiveState
    typealias NameReceivedMessage = ReceivedMessage
    typealias NameResponseHead = ResponseHead
    typealias NameRole = Role
    typealias NameSendState = SendState
    typealias NameServerHandshake = ServerHandshake
    typealias NameUTF8Validator = UTF8Validator
  }

  enum InPerMessageDeflate {
    typealias NameCodecProgress = CodecProgress
    typealias NameDeflateEnding = DeflateEnding
    typealias NameDeflateError = DeflateError
    typealias NameDeflater = Deflater
    typealias NameInflateError = InflateError
    typealias NameInflater = Inflater
    typealias NameNegotiationError = NegotiationError
    typealias NamePerMessageDeflateAnswer = PerMessageDeflateAnswer
    typealias NamePerMessageDeflateOptions = PerMessageDeflateOptions
    typealias NamePerMessageDeflateParameters = PerMessageDeflateParameters
  }

  enum InWestwindMQTT {
    typealias NameMQTTAgent = MQTTAgent
    typealias NameMQTTAgentConfiguration = MQTTAgentConfiguration
    typealias NameMQTTAgentError = MQTTAgentError
    typealias NameMQTTAgentEvent = MQTTAgentEvent
    typealias NameMQTTClient = MQTTClient
    typealias NameMQTTConfiguration = MQTTConfiguration
    typealias NameMQTTError = MQTTError
    typealias NameMQTTEvent = MQTTEvent
    typealias NameMQTTFileStore = MQTTFileStore
    typealias NameMQTTMemoryStore = MQTTMemoryStore
    typealias NameMQTTMessage = MQTTMessage
    typealias NameMQTTPayloadSource = MQTTPayloadSource
    typealias NameMQTTProperties = MQTTProperties
    typealias NameMQTTQueueStore = any MQTTQueueStore
    typealias NameMQTTStore = any MQTTStore
    typealias NameMQTTStoreError = MQTTStoreError
    typealias NameMQTTSubscription = MQTTSubscription
    typealias NameMQTTTransport = MQTTTransport
    typealias NameMQTTTransportError = MQTTTransportError
    typealias NameMQTTTransportOperations = any MQTTTransportOperations
    typealias NameMQTTURL = MQTTURL
    typealias NameMQTTWill = MQTTWill
  }

  enum InMQTTProtocol {
    typealias NameAuthPacket = AuthPacket
    typealias NameBrokerLimits = BrokerLimits
    typealias NameClientSession = ClientSession
    typealias NameConnAckPacket = ConnAckPacket
    typealias NameConnectPacket = ConnectPacket
    typealias NameConnectReturnCode = ConnectReturnCode
    typealias NameDisconnectPacket = DisconnectPacket
    typealias NameFixedHeader = FixedHeader
    typealias NameKeepAliveTimer = KeepAliveTimer
    typealias NameMQTTVersion = MQTTVersion
    typealias NameMQTTViolation = MQTTViolation
    typealias NamePacket = Packet
    typealias NamePacketEncodingError = PacketEncodingError
    typealias NamePacketReader = PacketReader
    typealias NamePacketRules = PacketRules
    typealias NamePacketSender = PacketSender
    typealias NamePacketType = PacketType
    typealias NamePingPacket = PingPacket
    typealias NameProperty = Property
    typealias NamePropertyDefinition = PropertyDefinition
    typealias NamePropertyID = PropertyID
    typealias NamePropertyList = PropertyList
    typealias NamePropertyPlace = PropertyPlace
    typealias NamePropertyReader = PropertyReader
    typealias NamePublishAcknowledgement = PublishAcknowledgement
    typealias NamePublishPacket = PublishPacket
    typealias NameQoS = QoS
    typealias NameReasonCode = ReasonCode
    typealias NameSessionLimits = SessionLimits
    typealias NameSessionRefusal = SessionRefusal
    typealias NameStoreRecord = StoreRecord
    typealias NameSubscribePacket = SubscribePacket
    typealias NameSubscription = Subscription
    typealias NameSubscriptionAcknowledgement = SubscriptionAcknowledgement
    typealias NameSubscriptionList = SubscriptionList
    typealias NameSubscriptionOptions = SubscriptionOptions
    typealias NameSubscriptionReader = SubscriptionReader
    typealias NameTopicFilter = TopicFilter
    typealias NameTopicFilterList = TopicFilterList
    typealias NameTopicFilterReader = TopicFilterReader
    typealias NameTopicName = TopicName
    typealias NameUnsubscribePacket = UnsubscribePacket
    typealias NameWillMessage = WillMessage
  }
}

struct PublicNamesTests {
  /// The modules whose names the two imports give.
  private static let modules = [
    "Westwind", "WestwindConnecting", "WestwindSockets", "WestwindTLS", "TLSEngine", "WebSocketProtocol",
    "PerMessageDeflate",
    "WestwindMQTT", "MQTTProtocol",
  ]

  @Test(arguments: modules) func `every public type of a module is named in this file`(_ module: String) throws {
    let declared = try names(declaredIn: module)
    let text = try text(ofFile: #filePath)
    let named = text.split(separator: "enum In\(module) {\n")[1].split(separator: "  }\n")[0]
      .split(separator: "\n").compactMap { $0.split(separator: " ").last?.split(separator: "<").first.map(String.init) }
    #expect(declared == named.sorted())
  }

  @Test func `no two modules have a type of one name`() throws {
    var modules: [String: [String]] = [:]
    for module in Self.modules + ["WebSocketEngine", "WestwindBuffers", "WestwindTesting"] {
      let names = try names(declaredIn: module)
      for name in names { modules[name, default: []].append(module) }
    }
    #expect(modules.filter { $0.value.count > 1 }.isEmpty)
  }

  /// The public types of a module that stand at the beginning of a line.
  private func names(declaredIn module: String) throws -> [String] {
    let pattern = #"^(@\w+(\([^)]*\))? )*public (final |indirect )?(struct|class|enum|protocol|actor|typealias) \w+"#
    let folder = "\(packageRoot)/Sources/\(module)"
    let found = try ChildProcess.run("/bin/grep", ["-rhoP", "--include=*.swift", pattern, folder])
    return found.output.split(separator: "\n").compactMap { $0.split(separator: " ").last.map(String.init) }.sorted()
  }
}
