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
    .library(name: "WebSocket", targets: ["WebSocket"]),
    .library(name: "WebSocketProtocol", targets: ["WebSocketProtocol"]),
    .library(name: "MQTT", targets: ["MQTT"]),
    .library(name: "MQTTProtocol", targets: ["MQTTProtocol"]),
    .library(name: "PerMessageDeflate", targets: ["PerMessageDeflate"]),
    .library(name: "SocketLayer", targets: ["SocketLayer"]),
    .library(name: "TLSSockets", targets: ["TLSSockets"]),
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
      name: "GenerateBuildConfiguration", path: "Plugins/GenerateBuildConfiguration", swiftSettings: language),
    .plugin(
      name: "KconfigPlugin", capability: .buildTool(), dependencies: ["GenerateBuildConfiguration"]),
    .target(name: "BuildConfiguration", swiftSettings: strict, plugins: ["KconfigPlugin"]),

    // The library, bottom up.
    .systemLibrary(
      name: "COpenSSL", pkgConfig: "openssl", providers: [.apt(["libssl-dev"])]),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .target(name: "CLinux"),
    .target(name: "CWestwind", exclude: ["exports.map"]),
    .target(
      name: "SocketLayer", dependencies: ["CLinux", systemPackage], swiftSettings: strict),
    .target(
      name: "TLSSockets", dependencies: ["BuildConfiguration", "COpenSSL", "SocketLayer", systemPackage],
      swiftSettings: strict),
    .target(name: "WebSocketProtocol", swiftSettings: strict),
    .target(name: "MQTTProtocol", swiftSettings: strict),
    .target(
      name: "PerMessageDeflate", dependencies: ["BuildConfiguration", "CZlib"], swiftSettings: strict),
    .target(
      name: "WebSocket",
      dependencies: [
        "BuildConfiguration", "CLinux", "COpenSSL", "PerMessageDeflate", "SocketLayer", "TLSSockets",
        "WebSocketProtocol", systemPackage,
        .product(name: "HTTPTypes", package: "swift-http-types"),
      ],
      swiftSettings: strict),
    .target(
      name: "WestwindC",
      dependencies: [
        "BuildConfiguration", "CLinux", "CWestwind", "MQTT", "MQTTProtocol", "SocketLayer", "TLSSockets", "WebSocket",
        "WebSocketProtocol", systemPackage,
        .product(name: "HTTPTypes", package: "swift-http-types"),
      ],
      swiftSettings: strict),

    .target(
      name: "MQTT",
      dependencies: [
        "BuildConfiguration", "CZlib", "MQTTProtocol", "SocketLayer", "TLSSockets", "WebSocket", "WebSocketProtocol",
        systemPackage,
      ],
      swiftSettings: strict),

    // What people run.
    .target(
      name: "SampleSupport",
      dependencies: [
        "SocketLayer", "TLSSockets", "WebSocket", systemPackage,
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "HTTPTypes", package: "swift-http-types"),
      ],
      path: "Samples/support", swiftSettings: language),
    .executableTarget(
      name: "WebSocketClient",
      dependencies: [
        "SampleSupport", "SocketLayer", "TLSSockets", "WebSocket", "WebSocketProtocol", systemPackage,
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "HTTPTypes", package: "swift-http-types"),
      ],
      path: "Samples/websocket-client", swiftSettings: language),
    .executableTarget(
      name: "MQTTPublisher",
      dependencies: [
        "MQTT", "MQTTProtocol", "SampleSupport", "SocketLayer", "WebSocket", systemPackage,
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      path: "Samples/mqtt-publisher", swiftSettings: language),
    .executableTarget(
      name: "Hello", dependencies: ["WebSocket"], path: "Samples/hello", swiftSettings: language),
    .executableTarget(
      name: "HelloURL", dependencies: ["WebSocket"], path: "Samples/hello-url", swiftSettings: language),
    .executableTarget(
      name: "HelloMQTT", dependencies: ["MQTT"], path: "Samples/hello-mqtt", swiftSettings: language),
    .executableTarget(
      name: "AutobahnClient",
      dependencies: [
        "PerMessageDeflate", "SocketLayer", "TLSSockets", "WebSocket", systemPackage,
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      path: "Tests/Conformance/autobahn-client", swiftSettings: language),

    // What tests it all.
    .target(name: "TestSupport", path: "Tests/TestSupport", swiftSettings: language),
    .target(
      name: "TestCertificates", dependencies: ["TLSSockets", "TestSupport"], path: "Tests/TestCertificates",
      swiftSettings: language),
    // What tests of MQTT talk to: brokers and clients that were not written here, and brokers that a test scripts.
    .target(
      name: "MQTTBrokers",
      dependencies: [
        "COpenSSL", "MQTTProtocol", "SocketLayer", "TestCertificates", "TestSupport", "WebSocketProtocol",
        systemPackage,
      ],
      path: "Tests/MQTTBrokers", swiftSettings: language),
    .testTarget(
      name: "MQTTBrokersTests",
      dependencies: ["MQTTBrokers", "MQTTProtocol", "SocketLayer", "TestSupport", "WebSocketProtocol"],
      swiftSettings: language),
    .testTarget(
      name: "BuildConfigurationTests",
      dependencies: ["BuildConfiguration", "GenerateBuildConfiguration", "TestSupport"],
      swiftSettings: language),
    .testTarget(
      name: "WebSocketProtocolTests", dependencies: ["TestSupport", "WebSocketProtocol"], swiftSettings: language),
    .testTarget(
      name: "MQTTProtocolTests", dependencies: ["MQTTProtocol", "TestSupport"], swiftSettings: language),
    .executableTarget(
      name: "FileStoreWriter", dependencies: ["MQTT", "MQTTProtocol", "TestSupport"], path: "Tests/FileStoreWriter",
      swiftSettings: language),
    .executableTarget(
      name: "KilledAgent", dependencies: ["MQTT", "TestSupport"], path: "Tests/KilledAgent", swiftSettings: language),
    .testTarget(
      name: "MQTTTests",
      dependencies: [
        "FileStoreWriter", "KilledAgent", "MQTT", "MQTTBrokers", "MQTTProtocol", "SocketLayer", "TLSSockets",
        "TestCertificates", "TestSupport", "WebSocket", "WebSocketProtocol", systemPackage,
      ],
      swiftSettings: language),
    .testTarget(
      name: "PerMessageDeflateTests", dependencies: ["PerMessageDeflate", "TestSupport"], swiftSettings: language),
    .testTarget(
      name: "SocketLayerTests",
      dependencies: [
        "SocketLayer", "TLSSockets", "TestCertificates", "TestSupport", "WebSocket", "WebSocketProtocol", systemPackage,
      ],
      swiftSettings: language),
    .testTarget(
      name: "WebSocketTests",
      dependencies: [
        "PerMessageDeflate", "SocketLayer", "TLSSockets", "TestSupport", "WebSocket", "WebSocketProtocol",
        systemPackage,
        .product(name: "HTTPTypes", package: "swift-http-types"),
      ],
      swiftSettings: language),
    .testTarget(
      name: "ConnectTests",
      dependencies: [
        "SocketLayer", "TLSSockets", "TestCertificates", "TestSupport", "WebSocket", "WebSocketProtocol", systemPackage,
        .product(name: "HTTPTypes", package: "swift-http-types"),
      ],
      swiftSettings: language),
    .testTarget(
      name: "TLSSocketsTests",
      dependencies: ["SocketLayer", "TLSSockets", "TestSupport", "WebSocket", "WebSocketProtocol", systemPackage],
      swiftSettings: language),
    .target(name: "CAllocationCounter", path: "Tests/CAllocationCounter"),
    .executableTarget(
      name: "CBenchmark",
      dependencies: [
        "COpenSSL", "CWestwind", "MQTT", "MQTTProtocol", "SocketLayer", "TestSupport", "WebSocket", "WebSocketProtocol",
        "WestwindC",
      ],
      path: "Benchmarks/c", swiftSettings: language),
    .executableTarget(
      name: "WestwindBench",
      dependencies: [
        "PerMessageDeflate", "SocketLayer", "TLSSockets", "TestSupport", "WebSocket", systemPackage,
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      path: "Benchmarks/westwind", swiftSettings: language),
    .executableTarget(
      name: "TLSBenchmark",
      dependencies: ["SocketLayer", "TLSSockets", "TestCertificates", "TestSupport", "WebSocket"],
      path: "Benchmarks/tls", swiftSettings: language),
    .executableTarget(
      name: "Footprint",
      dependencies: [
        "CAllocationCounter", "MQTTProtocol", "PerMessageDeflate", "SocketLayer", "TestSupport", "WebSocket",
        "WebSocketProtocol",
      ],
      path: "Tests/Footprint", swiftSettings: language),
    .executableTarget(
      name: "Switches",
      dependencies: ["CWestwind", "MQTT", "SocketLayer", "WebSocket", "WestwindC", systemPackage],
      path: "Tests/Switches", exclude: ["expected.txt"],
      swiftSettings: language),
    .testTarget(
      name: "FaultsTests",
      dependencies: [
        "Footprint", "PerMessageDeflate", "SocketLayer", "TLSSockets", "TestCertificates", "TestSupport", "WebSocket",
        "WebSocketProtocol", systemPackage,
      ],
      swiftSettings: language),
    .testTarget(
      name: "CTests",
      dependencies: [
        "CWestwind", "MQTT", "MQTTBrokers", "MQTTProtocol", "SocketLayer", "TestCertificates", "TestSupport",
        "WebSocket", "WebSocketProtocol", "WestwindC", systemPackage,
      ],
      exclude: ["Programs"], swiftSettings: language),
    .testTarget(
      name: "SampleTests",
      dependencies: [
        "MQTTBrokers", "MQTTProtocol", "MQTTPublisher", "SampleSupport", "SocketLayer", "TLSSockets",
        "TestCertificates", "TestSupport", "WebSocket", "WebSocketClient", "WebSocketProtocol",
      ],
      swiftSettings: language),
    .testTarget(
      name: "ReadmeTests",
      dependencies: ["Hello", "HelloMQTT", "HelloURL", "MQTTBrokers", "SocketLayer", "TestSupport", "WebSocket"],
      swiftSettings: language),
    .testTarget(
      name: "InteropTests",
      dependencies: [
        "PerMessageDeflate", "SocketLayer", "TestCertificates", "TestSupport", "WebSocket", "WebSocketProtocol",
      ],
      swiftSettings: language),
  ]
)
