// The benchmark's client on SwiftNIO: NIOWebSocket, NIOSSL, and one event loop, which is the main thread.
import Glibc
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import NIOWebSocket

/// The connections of a run.
// Unchecked: all of it happens on the one event loop.
final class Run: @unchecked Sendable {
  private let task: Task
  private let loop: any EventLoop
  private let tls: NIOSSLContext?
  private let payload: ByteBuffer
  private let memoryBefore: Int
  private var start: Moment
  private var isOver = false
  private var ended = 0
  private var idle: [any Channel] = []

  init(_ task: Task, on loop: any EventLoop) throws {
    self.task = task
    self.loop = loop
    var configuration = TLSConfiguration.makeClientConfiguration()
    configuration.certificateVerification = .none
    tls = task.isSecure ? try NIOSSLContext(configuration: configuration) : nil
    let headerLimit = 14
    var payload = ByteBufferAllocator().buffer(capacity: headerLimit + max(task.size, 1))
    payload.moveWriterIndex(to: headerLimit)
    payload.moveReaderIndex(to: headerLimit)
    payload.writeRepeatingByte(UInt8(ascii: "w"), count: max(task.size, 1))
    if task.size == 0 && task.workload != .receive { payload.clear() }
    self.payload = payload
    memoryBefore = privateMemory()
    start = Moment()
  }

  func connect() {
    ClientBootstrap(group: loop)
      .channelOption(.tcpOption(.tcp_nodelay), value: 1)
      .channelOption(.recvAllocator, value: receiveAllocator)
      .channelOption(.writeBufferWaterMark, value: .init(low: 64 * 1024, high: 512 * 1024))
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture { try self.addHandlers(to: channel) }
      }
      .connect(host: task.host, port: task.port)
      .whenComplete { result in
        switch result {
        case .success(let channel): self.requestUpgrade(on: channel)
        case .failure(let error): fail("\(error)")
        }
      }
  }

  /// Large reads, except for connections that read next to nothing.
  private var receiveAllocator: any RecvByteBufferAllocator {
    switch task.workload {
    case .setup, .idle: FixedSizeRecvByteBufferAllocator(capacity: 2048)
    default: FixedSizeRecvByteBufferAllocator(capacity: 128 * 1024)
    }
  }

  private func addHandlers(to channel: any Channel) throws {
    let handlers = channel.pipeline.syncOperations
    if let tls { try handlers.addHandler(NIOSSLClientHandler(context: tls, serverHostname: nil)) }
    let upgrader = NIOWebSocketClientUpgrader(maxFrameSize: 1 << 24) { channel, _ in
      channel.eventLoop.makeCompletedFuture {
        if self.task.workload != .setup && self.task.workload != .idle { self.start = Moment() }
        let exchange = Exchange(self.task, payload: self.payload) { self.end(channel) }
        try channel.pipeline.syncOperations.addHandler(exchange)
      }
    }
    try handlers.addHTTPClientHandlers(withClientUpgrade: (upgraders: [upgrader], completionHandler: { _ in }))
    channel.closeFuture.whenComplete { _ in
      if !self.isOver && self.task.workload != .setup { fail("the connection is closed") }
    }
  }

  private func requestUpgrade(on channel: any Channel) {
    var head = HTTPRequestHead(version: .http1_1, method: .GET, uri: task.path)
    head.headers.add(name: "Host", value: "\(task.host):\(task.port)")
    channel.write(HTTPClientRequestPart.head(head), promise: nil)
    channel.writeAndFlush(HTTPClientRequestPart.end(nil), promise: nil)
  }

  private func end(_ channel: any Channel) {
    ended += 1
    switch task.workload {
    case .setup:
      let closed = channel.close()
      if ended < task.count {
        closed.whenComplete { _ in self.connect() }
      } else {
        closed.whenComplete { _ in self.report { self.start.reportSince() } }
      }
    case .idle:
      idle.append(channel)
      if ended < task.count {
        connect()
      } else {
        report { print("{\"bytes\": \((privateMemory() - memoryBefore) / task.count)}") }
      }
    default:
      report { start.reportSince() }
    }
  }

  private func report(_ line: () -> Void) {
    isOver = true
    line()
    exit(0)
  }
}

let task = Task(CommandLine.arguments)
MultiThreadedEventLoopGroup.withCurrentThreadAsEventLoop { loop in
  do {
    try Run(task, on: loop).connect()
  } catch {
    fail("\(error)")
  }
}
