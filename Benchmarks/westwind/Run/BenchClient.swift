import BenchmarkSupport
import FoundationEssentials

/// A program that takes part, and how it is called.
struct BenchClient {
  let name: String
  let program: String
  let arguments: [String]
  /// The workload that it is asked for in place of the plan's.
  var variant: String?

  /// What a run of it printed.
  struct Figures: Codable {
    var seconds: Double?
    var user: Double?
    var system: Double?
    /// Of memory, for each connection.
    var bytes: Double?
  }

  static let noSuchWorkload: Int32 = 3

  /// Runs it once, on the second processor where there is one.
  ///
  /// - Returns: nil where the client has no such workload.
  func run(_ item: Plan.Item, port: UInt16, count: Int) throws -> Figures? {
    let url = "\(item.isSecure ? "wss" : "ws")://127.0.0.1:\(port)"
    let size = item.isIdle ? 125 : item.size
    let child = try ChildProcess.pinned(
      toProcessor: 1, program, arguments + [variant ?? item.workload, url, "\(size)", "\(count)"])
    defer { _ = child.terminate() }
    let line = try child.readLine(timeout: .seconds(120))
    let status = try child.waitForExit()
    if status == .exited(Self.noSuchWorkload) { return nil }
    guard status == .exited(0), let line else { throw BenchError("\(name), \(item.title): \(status)") }
    return try JSONDecoder().decode(Figures.self, from: Data(line.utf8))
  }
}

struct BenchError: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}

extension ChildProcess {
  static func pinned(toProcessor number: Int, _ program: String, _ arguments: [String]) throws -> ChildProcess {
    guard let taskset = Tool.find("taskset") else { throw BenchError("taskset is missing (util-linux)") }
    return try ChildProcess(taskset, ["-c", "\(number)", program] + arguments)
  }
}
