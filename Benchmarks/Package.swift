// swift-tools-version: 6.2
import PackageDescription

// A package of its own, for Scripts/bench. Samples/Package.swift says why.

let language: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("InternalImportsByDefault"),
]

/// A product of the library.
func library(_ name: String) -> Target.Dependency { .product(name: name, package: "westwind") }

let package = Package(
  name: "westwind-benchmarks",
  products: [
    .executable(name: "westwind-bench", targets: ["WestwindBench"]),
    .executable(name: "echo-loop", targets: ["EchoLoop"]),
  ],
  dependencies: [
    .package(name: "westwind", path: ".."),
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.6.0"),
    .package(url: "https://github.com/apple/swift-system", from: "1.6.0"),
  ],
  targets: [
    // Child processes, threads and certificates: a link to the folder of the root's tests.
    .target(name: "BenchmarkSupport", path: "support", swiftSettings: language),
    .executableTarget(
      name: "WestwindBench",
      dependencies: [
        "BenchmarkSupport", library("PerMessageDeflate"), library("Westwind"), library("WestwindSockets"),
        library("WestwindTLS"), .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "SystemPackage", package: "swift-system"),
      ],
      path: "westwind", swiftSettings: language),
    // One thread, one epoll, a thousand connections: the engine, the bare codec and descriptors.
    .target(name: "CEchoLoop", path: "loop/CEchoLoop"),
    .executableTarget(
      name: "EchoLoop",
      dependencies: [
        "BenchmarkSupport", "CEchoLoop", library("WebSocketEngine"), library("WebSocketProtocol"),
        library("WestwindBuffers"), library("Westwind"), library("WestwindSockets"),
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      path: "loop", exclude: ["CEchoLoop"], swiftSettings: language + [.enableExperimentalFeature("Lifetimes")]),
    .executableTarget(
      name: "TLSBenchmark",
      dependencies: ["BenchmarkSupport", library("Westwind"), library("WestwindSockets"), library("WestwindTLS")],
      path: "tls", swiftSettings: language),
    .executableTarget(
      name: "CBenchmark",
      dependencies: [
        "BenchmarkSupport", library("MQTTProtocol"), library("Westwind"), library("WestwindMQTT"),
        library("WestwindSockets"), library("westwind-static"),
      ],
      path: "c", swiftSettings: language),
  ]
)
