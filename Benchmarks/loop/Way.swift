import BenchmarkSupport
import CEchoLoop
import Glibc

enum WayName: String, CaseIterable {
  case codec, engine, descriptors
}

/// A way to echo with its connections, and what has been measured of it.
final class Way {
  let name: WayName
  private let run: (_ messages: Int) throws -> Void
  /// The clients' ends; none if the streams are memory.
  private let clients: [CInt]
  private let load: Load
  /// Heap bytes for each connection behind its first echoes.
  private(set) var memory = 0
  /// Of each turn, nanoseconds a message: of this thread's processor time, and of the clock.
  private(set) var processor: [Double] = []
  private(set) var clock: [Double] = []

  struct Load: Sendable {
    var connections = 1000
    var rounds = 50
    var depth = 1
    var size = 64
    var bufferSize = 4096

    var messages: Int { connections * rounds * depth }
  }

  init(_ name: WayName, _ load: Load, inMemory: Bool) throws {
    self.name = name
    self.load = load
    var servers = [CInt](repeating: 0, count: load.connections)
    var clients = inMemory ? [] : servers
    if !inMemory {
      guard load_connect(CInt(load.connections), &servers, &clients) else { throw Lost() }
    }
    self.clients = clients
    let before = allocatedBytes()
    switch (name, inMemory) {
    case (.codec, false):
      let loop = Loop(
        CodecServer(servers, KernelStream(), bufferSize: load.bufferSize), connections: load.connections)
      run = { try loop.run(messages: $0) }
    case (.engine, false):
      let loop = Loop(
        EngineServer(servers, KernelStream(), bufferSize: load.bufferSize), connections: load.connections)
      run = { try loop.run(messages: $0) }
    case (.descriptors, false):
      let loop = Loop(
        try DescriptorServer(servers, bufferSize: load.bufferSize, depth: load.depth), connections: load.connections)
      run = { try loop.run(messages: $0) }
    case (.codec, true):
      let server = CodecServer(servers, Self.memoryStream(load), bufferSize: load.bufferSize)
      run = { try Self.serve(server, messages: $0, connections: load.connections) }
    case (.engine, true):
      let server = EngineServer(servers, Self.memoryStream(load), bufferSize: load.bufferSize)
      run = { try Self.serve(server, messages: $0, connections: load.connections) }
    case (.descriptors, true): throw Lost()
    }
    var warmUp = load
    warmUp.rounds = 1
    try exchange(warmUp)
    memory = (allocatedBytes() - before) / load.connections
  }

  private static func memoryStream(_ load: Load) -> MemoryStream {
    let room = UnsafeMutableRawBufferPointer.allocate(byteCount: load.depth * (load.size + 14), alignment: 8)
    let count = load_frames(room.baseAddress, CInt(load.depth), CInt(load.size))
    return MemoryStream(frames: UnsafeRawBufferPointer(rebasing: room[..<count]))
  }

  private static func serve<Server: EchoServer>(_ server: Server, messages: Int, connections: Int) throws {
    var served = 0
    while served < messages {
      for index in 0..<connections { served += try server.serve(index) }
    }
  }

  func turn() throws {
    let (processorStart, start) = (now(CLOCK_THREAD_CPUTIME_ID), now(CLOCK_MONOTONIC))
    try exchange(load)
    processor.append((now(CLOCK_THREAD_CPUTIME_ID) - processorStart) / Double(load.messages))
    clock.append((now(CLOCK_MONOTONIC) - start) / Double(load.messages))
  }

  /// Serves what a thread of peers sends meanwhile.
  private func exchange(_ load: Load) throws {
    guard !clients.isEmpty else { return try run(load.messages) }
    let peers = BlockingThread { [clients] in
      load_run(clients, CInt(clients.count), CInt(load.rounds), CInt(load.depth), CInt(load.size))
    }
    try run(load.messages)
    guard try peers.join() else { throw Lost() }
  }

  private func now(_ clock: clockid_t) -> Double {
    var time = timespec()
    clock_gettime(clock, &time)
    return Double(time.tv_sec) * 1e9 + Double(time.tv_nsec)
  }
}
