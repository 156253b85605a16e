// swift-tools-version: 6.2
import Foundation
import PackageDescription

// A program of somebody else's: it imports the library by a URL and a version, beside SwiftNIO and Foundation, in Swift 6
// and in Swift 5 mode, and has targets of names that a library might have as well. Scripts/consumer builds and runs it.

let environment = ProcessInfo.processInfo.environment
let names = environment["CONSUMER_TARGETS", default: ""].split(separator: " ").map(String.init)

func echo(_ name: String, _ mode: SwiftLanguageMode) -> Target {
  .executableTarget(
    name: name,
    dependencies: names.map { .byName(name: $0) } + [
      .product(name: "Westwind", package: "westwind"), .product(name: "WestwindMQTT", package: "westwind"),
      .product(name: "NIOCore", package: "swift-nio"),
    ],
    swiftSettings: [.swiftLanguageMode(mode)])
}

let package = Package(
  name: "consumer",
  dependencies: [
    .package(
      url: environment["WESTWIND_URL", default: ""], exact: Version(environment["WESTWIND_VERSION"] ?? "0.0.0")!),
    .package(url: "https://github.com/apple/swift-nio", from: "2.0.0"),
  ],
  targets: names.map { .target(name: $0) } + [echo("EchoInSwift6", .v6), echo("EchoInSwift5", .v5)])
