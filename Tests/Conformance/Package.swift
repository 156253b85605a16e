// swift-tools-version: 6.2
import PackageDescription

// A package of its own, for Scripts/conformance. Samples/Package.swift says why.

let package = Package(
  name: "westwind-conformance",
  products: [
    .executable(name: "autobahn-client", targets: ["AutobahnClient"])
  ],
  dependencies: [
    .package(name: "westwind", path: "../.."),
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.6.0"),
  ],
  targets: [
    .executableTarget(
      name: "AutobahnClient",
      dependencies: [
        .product(name: "PerMessageDeflate", package: "westwind"),
        .product(name: "WebSocketProtocol", package: "westwind"),
        .product(name: "Westwind", package: "westwind"),
        .product(name: "WestwindSockets", package: "westwind"),
        .product(name: "WestwindTLS", package: "westwind"),
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      path: "autobahn-client",
      swiftSettings: [
        .swiftLanguageMode(.v6),
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .enableUpcomingFeature("InternalImportsByDefault"),
      ])
  ]
)
