/// What is measured, in the order of the report.
struct Plan {
  /// A workload at one size, over one kind of connection.
  struct Item: Hashable, Codable {
    let workload: String
    /// Bytes of a message; connections, where it is `idle`.
    let size: Int
    let isSecure: Bool

    /// As it is named in reports, and matched by `--only`.
    var title: String {
      let size = size < 1024 ? "\(size) B" : size < 1 << 20 ? "\(size / 1024) KiB" : "\(size >> 20) MiB"
      let what = isIdle ? "idle, \(self.size) connections" : "\(workload), \(size)"
      return isSecure ? "TLS: \(what)" : what
    }

    var isIdle: Bool { workload == "idle" }

    /// Our own calls that do the same: they are lines of their own beside the others' clients.
    var variants: [String] {
      switch workload {
      case "receive": ["receive-recvmsg", "receive-bsd"]
      default: []
      }
    }
  }

  /// Each workload with its sizes, over plain connections and over TLS.
  private static let workloads: [(name: String, plain: [Int], secure: [Int])] = [
    ("ping-pong", [16, 125, 1024, 16384, 65536], [16, 125, 1024, 16384, 65536]),
    ("pipeline", [125], [125]),
    ("pipeline-batched", [125], [125]),
    ("send", [64, 1024, 65536, 1 << 20], [64, 1024, 65536, 1 << 20]),
    ("send-batched", [64], [64]),
    ("receive", [64, 1024, 65536, 1 << 20], [64, 1024, 65536, 1 << 20]),
    ("setup", [125], [125]),
    // A connection has two descriptors, and a process often no more than 20,000.
    ("idle", [1000, 9500], [1000]),
    ("deflate-send", [1024, 65536], []),
    ("deflate-receive", [1024, 65536], []),
  ]

  static let items: [Item] =
    workloads.flatMap { workload in
      workload.plain.map { Item(workload: workload.name, size: $0, isSecure: false) }
    }
    + workloads.flatMap { workload in
      workload.secure.map { Item(workload: workload.name, size: $0, isSecure: true) }
    }
}
