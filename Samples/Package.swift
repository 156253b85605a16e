// swift-tools-version: 6.2
import PackageDescription

// A package of its own, so that whoever imports the library neither fetches nor builds what only samples need. It uses
// the library's products. Scripts/run builds a sample, and Scripts/test runs the tests. Both give it the root's scratch
// path, so that the library is built once. No target here has the name of one of the root's, or of Benchmarks: they
// would share a place.

let language: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("InternalImportsByDefault"),
]

let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let httpTypes = Target.Dependency.product(name: "HTTPTypes", package: "swift-http-types")
let systemPackage = Target.Dependency.product(name: "SystemPackage", package: "swift-system")

/// A product of the library.
func library(_ name: String) -> Target.Dependency { .product(name: name, package: "westwind") }

let package = Package(
  name: "westwind-samples",
  products: [
    .executable(name: "hello", targets: ["Hello"]),
    .executable(name: "hello-url", targets: ["HelloURL"]),
    .executable(name: "hello-mqtt", targets: ["HelloMQTT"]),
    .executable(name: "websocket-client", targets: ["WebSocketClient"]),
    .executable(name: "mqtt-publisher", targets: ["MQTTPublisher"]),
  ],
  dependencies: [
    // By its name: the folder of a clone may have another one.
    .package(name: "westwind", path: ".."),
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.6.0"),
    .package(url: "https://github.com/apple/swift-http-types", from: "1.4.0", traits: []),
    .package(url: "https://github.com/apple/swift-system", from: "1.6.0"),
  ],
  targets: [
    .executableTarget(name: "Hello", dependencies: [library("Westwind")], path: "hello", swiftSettings: language),
    .executableTarget(
      name: "HelloURL", dependencies: [library("Westwind")], path: "hello-url", swiftSettings: language),
    .executableTarget(
      name: "HelloMQTT", dependencies: [library("WestwindMQTT")], path: "hello-mqtt", swiftSettings: language),
    .target(
      name: "SampleSupport",
      dependencies: [
        library("Westwind"), library("WestwindSockets"), library("WestwindTLS"), argumentParser, httpTypes,
        systemPackage,
      ],
      path: "support", swiftSettings: language),
    .executableTarget(
      name: "WebSocketClient",
      dependencies: [
        "SampleSupport", library("WebSocketProtocol"), library("Westwind"), library("WestwindSockets"),
        library("WestwindTLS"), argumentParser, httpTypes, systemPackage,
      ],
      path: "websocket-client", swiftSettings: language),
    .executableTarget(
      name: "MQTTPublisher",
      dependencies: [
        "SampleSupport", library("MQTTProtocol"), library("Westwind"), library("WestwindMQTT"),
        library("WestwindSockets"), argumentParser, systemPackage,
      ],
      path: "mqtt-publisher", swiftSettings: language),

    // Child processes, brokers and certificates: a link to the folder of the root's tests.
    .target(name: "SampleTestSupport", path: "Tests/Support", swiftSettings: language),
    .testTarget(
      name: "SampleTests",
      dependencies: [
        "MQTTPublisher", "SampleSupport", "SampleTestSupport", "WebSocketClient", library("WebSocketProtocol"),
        library("Westwind"), library("WestwindSockets"), library("WestwindTLS"),
      ],
      path: "Tests/SampleTests", swiftSettings: language),
    .testTarget(
      name: "ReadmeTests",
      dependencies: [
        "Hello", "HelloMQTT", "HelloURL", "SampleTestSupport", library("Westwind"), library("WestwindSockets"),
      ],
      path: "Tests/ReadmeTests", swiftSettings: language),
  ]
)
