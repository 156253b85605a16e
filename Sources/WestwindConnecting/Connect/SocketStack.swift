internal import WestwindSockets

/// The descriptors that a connection owns, each over the one before it: TCP, TLS to a proxy, TLS to the server. They
/// are closed from the top down when it goes.
struct SocketStack: ~Copyable {
  private var descriptors: [SocketDescriptor] = []

  mutating func push(_ descriptor: SocketDescriptor) {
    descriptors.append(descriptor)
  }

  var top: SocketDescriptor { descriptors[descriptors.count - 1] }

  /// The TCP socket, or that of a path.
  var bottom: SocketDescriptor { descriptors[0] }

  deinit {
    for descriptor in descriptors.reversed() { try? descriptor.close() }
  }
}
