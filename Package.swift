// swift-tools-version: 6.2
import PackageDescription

let language: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("InternalImportsByDefault"),
]

/// The library says where it is unsafe, and why.
let strict = language + [.enableExperimentalFeature("Lifetimes"), .strictMemorySafety()]

let systemPackage = Target.Dependency.product(name: "SystemPackage", package: "swift-system")

let package = Package(
  name: "westwind",
  products: [
    .library(name: "Westwind", targets: ["Westwind"]),
    .library(name: "WebSocketProtocol", targets: ["WebSocketProtocol"]),
    .library(name: "WebSocketEngine", targets: ["WebSocketEngine"]),
    .library(name: "WestwindMQTT", targets: ["WestwindMQTT"]),
    .library(name: "MQTTProtocol", targets: ["MQTTProtocol"]),
    .library(name: "PerMessageDeflate", targets: ["PerMessageDeflate"]),
    .library(name: "WestwindBuffers", targets: ["WestwindBuffers"]),
    .library(name: "WestwindSockets", targets: ["WestwindSockets"]),
    .library(name: "TLSEngine", targets: ["TLSEngine"]),
    .library(name: "WestwindTLS", targets: ["WestwindTLS"]),
    .library(name: "WestwindTesting", targets: ["WestwindTesting"]),
    // For C: Scripts/install-c makes what is installed of the second.
    .library(name: "westwind", type: .dynamic, targets: ["WestwindC"]),
    .library(name: "westwind-static", type: .static, targets: ["WestwindC"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-system", from: "1.6.0"),
    // Without its trait FoundationURL, which would have Foundation in every program.
    .package(url: "https://github.com/apple/swift-http-types", from: "1.4.0", traits: []),
  ],
  targets: [
    // The configuration: Kconfig's values as Swift constants.
    .executableTarget(
      name: "WestwindGenerateConfiguration", path: "Plugins/WestwindGenerateConfiguration", swiftSettings: language),
    .plugin(
      name: "WestwindKconfig", capability: .buildTool(), dependencies: ["WestwindGenerateConfiguration"]),
    .target(name: "WestwindConfiguration", swiftSettings: strict, plugins: ["WestwindKconfig"]),

    // The library, bottom up.
    .systemLibrary(
      name: "CWestwindOpenSSL", pkgConfig: "openssl", providers: [.apt(["libssl-dev"])]),
    .systemLibrary(name: "CWestwindZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .target(name: "CWestwindLinux"),
    .target(name: "CWestwind", exclude: ["exports.map", "westwind.supp"]),
    // Which C library there is: Glibc, Musl or Android.
    .target(name: "WestwindPlatform", swiftSettings: strict),
    // The queue of bytes that engines and shells share. It imports nothing.
    .target(name: "WestwindBuffers", swiftSettings: strict),
    .target(
      name: "WestwindSockets",
      dependencies: ["CWestwindLinux", "WestwindBuffers", "WestwindPlatform", systemPackage],
      swiftSettings: strict),
    // For tests of programs that stand on it.
    .target(
      name: "WestwindTesting", dependencies: ["WestwindSockets", systemPackage], swiftSettings: strict),
    // TLS without input or output. What it may import, Scripts/borders checks.
    .target(name: "TLSEngine", dependencies: ["CWestwindOpenSSL", "WestwindBuffers"], swiftSettings: strict),
    .target(
      name: "WestwindTLS",
      dependencies: [
        "CWestwindOpenSSL", "TLSEngine", "WestwindBuffers", "WestwindConfiguration", "WestwindPlatform",
        "WestwindSockets", systemPackage,
      ],
      swiftSettings: strict),
    .target(name: "WebSocketProtocol", swiftSettings: strict),
    .target(name: "MQTTProtocol", swiftSettings: strict),
    .target(
      name: "PerMessageDeflate", dependencies: ["WestwindConfiguration", "CWestwindZlib"], swiftSettings: strict),
    // A connection without I/O: it imports what it decides with, and nothing that reads, waits or locks.
    .target(
      name: "WebSocketEngine", dependencies: ["PerMessageDeflate", "WebSocketProtocol", "WestwindBuffers"],
      swiftSettings: strict + [.define("Compression")]),
    // No WebSocket in it: MQTT over TCP stands on it, too.
    .target(
      name: "WestwindConnecting",
      dependencies: [
        "WebSocketProtocol", "WestwindConfiguration", "WestwindPlatform", "WestwindSockets", "WestwindTLS",
        systemPackage, .product(name: "HTTPTypes", package: "swift-http-types"),
      ],
      swiftSettings: strict),
    .target(
      name: "Westwind",
      dependencies: [
        "CWestwindLinux", "PerMessageDeflate", "WebSocketEngine", "WebSocketProtocol", "WestwindBuffers",
        "WestwindConfiguration", "WestwindConnecting", "WestwindSockets", "WestwindTLS", systemPackage,
        .product(name: "HTTPTypes", package: "swift-http-types"),
      ],
      swiftSettings: strict),
    .target(
      name: "WestwindC",
      dependencies: [
        "CWestwind", "CWestwindLinux", "MQTTProtocol", "WebSocketProtocol", "Westwind", "WestwindConfiguration",
        "WestwindConnecting", "WestwindMQTT", "WestwindPlatform", "WestwindSockets", "WestwindTLS", systemPackage,
        .product(name: "HTTPTypes", package: "swift-http-types"),
      ],
      swiftSettings: strict),

    .target(
      name: "WestwindMQTT",
      dependencies: [
        "CWestwindZlib", "MQTTProtocol", "Westwind", "WestwindConfiguration", "WestwindConnecting", "WestwindPlatform",
        "WestwindSockets", "WestwindTLS", systemPackage,
      ],
      swiftSettings: strict),

    // What tests it all. None has a product. Samples, Benchmarks and Tests/Conformance are packages of their own.
    .target(name: "WestwindTestSupport", path: "Tests/WestwindTestSupport", swiftSettings: language),
    // The other end of a connection under test, and what stands below one.
    .target(
      name: "WestwindTestPeer",
      dependencies: ["WebSocketProtocol", "WestwindSockets", "WestwindTestSupport", systemPackage],
      path: "Tests/WestwindTestPeer", swiftSettings: language),
    // The peer's half of compression, for tests with a socket and without.
    .target(
      name: "WestwindTestCodec", dependencies: ["PerMessageDeflate", "WebSocketProtocol"],
      path: "Tests/WestwindTestCodec", swiftSettings: language),
    .target(
      name: "WestwindTestCertificates", dependencies: ["WestwindTLS", "WestwindTestSupport"],
      path: "Tests/WestwindTestCertificates",
      swiftSettings: language),
    // What tests of MQTT talk to, beside the brokers of WestwindTestSupport: brokers that a test scripts, and paho.
    .target(
      name: "WestwindTestBrokers",
      dependencies: [
        "CWestwindOpenSSL", "MQTTProtocol", "WestwindSockets", "WestwindTestPeer", "WestwindTestSupport",
        "WebSocketProtocol", systemPackage,
      ],
      path: "Tests/WestwindTestBrokers", swiftSettings: language),
    .testTarget(
      name: "WestwindTestBrokersTests",
      dependencies: [
        "WestwindTestBrokers", "MQTTProtocol", "WestwindSockets", "WestwindTestPeer", "WestwindTestSupport",
        "WebSocketProtocol",
      ],
      swiftSettings: language),
    .testTarget(
      name: "WestwindConfigurationTests",
      dependencies: ["WestwindConfiguration", "WestwindGenerateConfiguration", "WestwindTestSupport"],
      swiftSettings: language),
    .testTarget(
      name: "WebSocketProtocolTests", dependencies: ["WestwindTestSupport", "WebSocketProtocol"],
      swiftSettings: language),
    .testTarget(
      name: "WestwindBuffersTests", dependencies: ["WestwindBuffers", "WestwindTestSupport"], swiftSettings: language),
    .testTarget(
      name: "WebSocketEngineTests",
      dependencies: [
        "PerMessageDeflate", "WebSocketEngine", "WebSocketProtocol", "WestwindBuffers", "WestwindTestCodec",
        "WestwindTestSupport",
      ],
      swiftSettings: language),
    .testTarget(
      name: "MQTTProtocolTests", dependencies: ["MQTTProtocol", "WestwindTestSupport"], swiftSettings: language),
    .executableTarget(
      name: "FileStoreWriter", dependencies: ["WestwindMQTT", "MQTTProtocol", "WestwindTestSupport"],
      path: "Tests/FileStoreWriter",
      swiftSettings: language),
    .executableTarget(
      name: "KilledAgent", dependencies: ["WestwindMQTT", "WestwindTestSupport"], path: "Tests/KilledAgent",
      swiftSettings: language),
    .testTarget(
      name: "WestwindMQTTTests",
      dependencies: [
        "FileStoreWriter", "KilledAgent", "WestwindMQTT", "WestwindTestBrokers", "MQTTProtocol", "WestwindSockets",
        "WestwindTLS",
        "WestwindTestCertificates", "WestwindTestSupport", "Westwind", "WebSocketProtocol", systemPackage,
      ],
      swiftSettings: language),
    // Nothing else of ours: it shows what these two imports give.
    .testTarget(
      name: "PublicNamesTests", dependencies: ["Westwind", "WestwindMQTT", "WestwindTestSupport"],
      swiftSettings: language),
    .testTarget(
      name: "PerMessageDeflateTests", dependencies: ["PerMessageDeflate", "WestwindTestSupport"],
      swiftSettings: language),
    .testTarget(
      name: "WestwindSocketsTests",
      dependencies: [
        "CWestwindLinux", "WebSocketProtocol", "Westwind", "WestwindBuffers", "WestwindSockets", "WestwindTLS",
        "WestwindTestCertificates", "WestwindTestPeer", "WestwindTestSupport", "WestwindTesting", systemPackage,
      ],
      swiftSettings: language),
    .testTarget(
      name: "WestwindTests",
      dependencies: [
        "CWestwindLinux", "PerMessageDeflate", "WestwindSockets", "WestwindTLS", "WestwindTestCodec",
        "WestwindTestPeer",
        "WestwindTestSupport", "Westwind", "WebSocketProtocol", "WestwindTesting", systemPackage,
        .product(name: "HTTPTypes", package: "swift-http-types"),
      ],
      swiftSettings: language),
    // What the module says and reads by values alone: no test opens a descriptor.
    .testTarget(
      name: "WestwindValueTests",
      dependencies: [
        "PerMessageDeflate", "WestwindBuffers", "WestwindSockets", "WestwindTLS", "Westwind", "WebSocketProtocol",
        systemPackage, .product(name: "HTTPTypes", package: "swift-http-types"),
      ],
      swiftSettings: language),
    .testTarget(
      name: "ConnectTests",
      dependencies: [
        "WestwindConnecting", "WestwindSockets", "WestwindTLS", "WestwindTestCertificates", "WestwindTestPeer",
        "WestwindTestSupport", "Westwind", "WebSocketProtocol", systemPackage,
        .product(name: "HTTPTypes", package: "swift-http-types"),
      ],
      swiftSettings: language),
    // The engine alone, in memory: no socket among what it may import.
    .testTarget(
      name: "TLSEngineTests",
      dependencies: ["CWestwindOpenSSL", "TLSEngine", "WestwindBuffers", "WestwindTestSupport"],
      swiftSettings: language),
    .testTarget(
      name: "WestwindTLSTests",
      dependencies: [
        "WestwindTesting", "WestwindSockets", "WestwindTLS", "WestwindTestPeer", "WestwindTestSupport", "Westwind",
        "WebSocketProtocol", systemPackage,
      ],
      swiftSettings: language),
    .target(name: "CWestwindAllocationCounter", path: "Tests/CWestwindAllocationCounter"),
    .executableTarget(
      name: "Footprint",
      dependencies: [
        "CWestwindAllocationCounter", "MQTTProtocol", "PerMessageDeflate", "WestwindSockets", "WestwindTestSupport",
        "Westwind",
        "WebSocketProtocol",
      ],
      path: "Tests/Footprint", swiftSettings: language),
    .executableTarget(
      name: "Switches",
      dependencies: ["CWestwind", "WestwindMQTT", "WestwindSockets", "Westwind", "WestwindC", systemPackage],
      path: "Tests/Switches", exclude: ["expected.txt"],
      swiftSettings: language),
    .testTarget(
      name: "FaultsTests",
      dependencies: [
        "WestwindTesting", "Footprint", "PerMessageDeflate", "WestwindSockets", "WestwindTLS",
        "WestwindTestCertificates", "WestwindTestPeer", "WestwindTestSupport", "Westwind", "WebSocketProtocol",
        systemPackage,
      ],
      swiftSettings: language),
    .testTarget(
      name: "CTests",
      dependencies: [
        "CWestwind", "WestwindMQTT", "MQTTProtocol", "WestwindSockets", "WestwindTestCertificates",
        "WestwindTestSupport", "Westwind", "WebSocketProtocol", "WestwindC", systemPackage,
      ],
      exclude: ["Programs"], swiftSettings: language),
    .testTarget(
      name: "InteropTests",
      dependencies: [
        "PerMessageDeflate", "WestwindSockets", "WestwindTestCertificates", "WestwindTestPeer", "WestwindTestSupport",
        "Westwind", "WebSocketProtocol",
      ],
      swiftSettings: language),
  ]
)
