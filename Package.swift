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
    .library(name: "WestwindMQTT", targets: ["WestwindMQTT"]),
    .library(name: "MQTTProtocol", targets: ["MQTTProtocol"]),
    .library(name: "PerMessageDeflate", targets: ["PerMessageDeflate"]),
    .library(name: "WestwindSockets", targets: ["WestwindSockets"]),
    .library(name: "WestwindTLS", targets: ["WestwindTLS"]),
    .library(name: "WestwindTesting", targets: ["WestwindTesting"]),
    // For C: Scripts/install-c makes what is installed of the second.
    .library(name: "westwind", type: .dynamic, targets: ["WestwindC"]),
    .library(name: "westwind-static", type: .static, targets: ["WestwindC"]),
    .executable(name: "websocket-client", targets: ["WebSocketClient"]),
    .executable(name: "mqtt-publisher", targets: ["MQTTPublisher"]),
    .executable(name: "hello", targets: ["Hello"]),
    .executable(name: "hello-url", targets: ["HelloURL"]),
    .executable(name: "hello-mqtt", targets: ["HelloMQTT"]),
    .executable(name: "autobahn-client", targets: ["AutobahnClient"]),
    .executable(name: "westwind-bench", targets: ["WestwindBench"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-system", from: "1.6.0"),
    // Without its trait FoundationURL, which would have Foundation in every program.
    .package(url: "https://github.com/apple/swift-http-types", from: "1.4.0", traits: []),
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.6.0"),
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
    .target(name: "CWestwind", exclude: ["exports.map"]),
    // Which C library there is: Glibc, Musl or Android.
    .target(name: "WestwindPlatform", swiftSettings: strict),
    .target(
      name: "WestwindSockets", dependencies: ["CWestwindLinux", "WestwindPlatform", systemPackage],
      swiftSettings: strict),
    // For tests of programs that stand on it.
    .target(
      name: "WestwindTesting", dependencies: ["WestwindSockets", systemPackage], swiftSettings: strict),
    .target(
      name: "WestwindTLS",
      dependencies: ["WestwindConfiguration", "CWestwindOpenSSL", "WestwindSockets", systemPackage],
      swiftSettings: strict),
    .target(name: "WebSocketProtocol", swiftSettings: strict),
    .target(name: "MQTTProtocol", swiftSettings: strict),
    .target(
      name: "PerMessageDeflate", dependencies: ["WestwindConfiguration", "CWestwindZlib"], swiftSettings: strict),
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
        "CWestwindLinux", "CWestwindOpenSSL", "PerMessageDeflate", "WebSocketProtocol", "WestwindConfiguration",
        "WestwindConnecting", "WestwindSockets", "WestwindTLS", systemPackage,
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

    // What people run.
    .target(
      name: "SampleSupport",
      dependencies: [
        "WestwindSockets", "WestwindTLS", "Westwind", systemPackage,
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "HTTPTypes", package: "swift-http-types"),
      ],
      path: "Samples/support", swiftSettings: language),
    .executableTarget(
      name: "WebSocketClient",
      dependencies: [
        "SampleSupport", "WestwindSockets", "WestwindTLS", "Westwind", "WebSocketProtocol", systemPackage,
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "HTTPTypes", package: "swift-http-types"),
      ],
      path: "Samples/websocket-client", swiftSettings: language),
    .executableTarget(
      name: "MQTTPublisher",
      dependencies: [
        "WestwindMQTT", "MQTTProtocol", "SampleSupport", "WestwindSockets", "Westwind", systemPackage,
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      path: "Samples/mqtt-publisher", swiftSettings: language),
    .executableTarget(
      name: "Hello", dependencies: ["Westwind"], path: "Samples/hello", swiftSettings: language),
    .executableTarget(
      name: "HelloURL", dependencies: ["Westwind"], path: "Samples/hello-url", swiftSettings: language),
    .executableTarget(
      name: "HelloMQTT", dependencies: ["WestwindMQTT"], path: "Samples/hello-mqtt", swiftSettings: language),
    .executableTarget(
      name: "AutobahnClient",
      dependencies: [
        "PerMessageDeflate", "WestwindSockets", "WestwindTLS", "Westwind", systemPackage,
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      path: "Tests/Conformance/autobahn-client", swiftSettings: language),

    // What tests it all.
    .target(name: "WestwindTestSupport", path: "Tests/WestwindTestSupport", swiftSettings: language),
    .target(
      name: "WestwindTestCertificates", dependencies: ["WestwindTLS", "WestwindTestSupport"],
      path: "Tests/WestwindTestCertificates",
      swiftSettings: language),
    // What tests of MQTT talk to: brokers and clients that were not written here, and brokers that a test scripts.
    .target(
      name: "WestwindTestBrokers",
      dependencies: [
        "CWestwindOpenSSL", "MQTTProtocol", "WestwindSockets", "WestwindTestCertificates", "WestwindTestSupport",
        "WebSocketProtocol",
        systemPackage,
      ],
      path: "Tests/WestwindTestBrokers", swiftSettings: language),
    .testTarget(
      name: "WestwindTestBrokersTests",
      dependencies: [
        "WestwindTestBrokers", "MQTTProtocol", "WestwindSockets", "WestwindTestSupport", "WebSocketProtocol",
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
        "WebSocketProtocol", "Westwind", "WestwindSockets", "WestwindTLS", "WestwindTestCertificates",
        "WestwindTestSupport",
        "WestwindTesting", systemPackage,
      ],
      swiftSettings: language),
    .testTarget(
      name: "WestwindTests",
      dependencies: [
        "CWestwindLinux", "PerMessageDeflate", "WestwindSockets", "WestwindTLS", "WestwindTestSupport", "Westwind",
        "WebSocketProtocol", "WestwindTesting",
        systemPackage,
        .product(name: "HTTPTypes", package: "swift-http-types"),
      ],
      swiftSettings: language),
    .testTarget(
      name: "ConnectTests",
      dependencies: [
        "WestwindConnecting",
        "WestwindSockets", "WestwindTLS", "WestwindTestCertificates", "WestwindTestSupport", "Westwind",
        "WebSocketProtocol", systemPackage,
        .product(name: "HTTPTypes", package: "swift-http-types"),
      ],
      swiftSettings: language),
    .testTarget(
      name: "WestwindTLSTests",
      dependencies: [
        "WestwindTesting",
        "WestwindSockets", "WestwindTLS", "WestwindTestSupport", "Westwind", "WebSocketProtocol", systemPackage,
      ],
      swiftSettings: language),
    .target(name: "CWestwindAllocationCounter", path: "Tests/CWestwindAllocationCounter"),
    .executableTarget(
      name: "CBenchmark",
      dependencies: [
        "CWestwindOpenSSL", "CWestwind", "WestwindMQTT", "MQTTProtocol", "WestwindSockets", "WestwindTestSupport",
        "Westwind", "WebSocketProtocol",
        "WestwindC",
      ],
      path: "Benchmarks/c", swiftSettings: language),
    .executableTarget(
      name: "WestwindBench",
      dependencies: [
        "PerMessageDeflate", "WestwindSockets", "WestwindTLS", "WestwindTestSupport", "Westwind", systemPackage,
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      path: "Benchmarks/westwind", swiftSettings: language),
    .executableTarget(
      name: "TLSBenchmark",
      dependencies: ["WestwindSockets", "WestwindTLS", "WestwindTestCertificates", "WestwindTestSupport", "Westwind"],
      path: "Benchmarks/tls", swiftSettings: language),
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
        "WestwindTesting",
        "Footprint", "PerMessageDeflate", "WestwindSockets", "WestwindTLS", "WestwindTestCertificates",
        "WestwindTestSupport", "Westwind",
        "WebSocketProtocol", systemPackage,
      ],
      swiftSettings: language),
    .testTarget(
      name: "CTests",
      dependencies: [
        "CWestwind", "WestwindMQTT", "WestwindTestBrokers", "MQTTProtocol", "WestwindSockets",
        "WestwindTestCertificates", "WestwindTestSupport",
        "Westwind", "WebSocketProtocol", "WestwindC", systemPackage,
      ],
      exclude: ["Programs"], swiftSettings: language),
    .testTarget(
      name: "SampleTests",
      dependencies: [
        "WestwindTestBrokers", "MQTTProtocol", "MQTTPublisher", "SampleSupport", "WestwindSockets", "WestwindTLS",
        "WestwindTestCertificates", "WestwindTestSupport", "Westwind", "WebSocketClient", "WebSocketProtocol",
      ],
      swiftSettings: language),
    .testTarget(
      name: "ReadmeTests",
      dependencies: [
        "Hello", "HelloMQTT", "HelloURL", "WestwindTestBrokers", "WestwindSockets", "WestwindTestSupport", "Westwind",
      ],
      swiftSettings: language),
    .testTarget(
      name: "InteropTests",
      dependencies: [
        "PerMessageDeflate", "WestwindSockets", "WestwindTestCertificates", "WestwindTestSupport", "Westwind",
        "WebSocketProtocol",
      ],
      swiftSettings: language),
  ]
)
