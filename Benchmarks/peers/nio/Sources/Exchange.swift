import NIOCore
import NIOWebSocket

/// What is sent and received over one connection.
final class Exchange: ChannelInboundHandler {
  typealias InboundIn = WebSocketFrame
  typealias OutboundOut = WebSocketFrame

  static let window = 64
  static let batch = 64 * 1024

  private let task: Task
  private let payload: ByteBuffer
  private let end: () -> Void
  private var random = KernelRandom()
  private var unsent = 0
  private var received = 0

  /// `payload` has room for a header before it, so that the encoder's copy of it, which is masked, takes the header as well.
  init(_ task: Task, payload: ByteBuffer, end: @escaping () -> Void) {
    self.task = task
    self.payload = payload
    self.end = end
  }

  func handlerAdded(context: ChannelHandlerContext) {
    switch task.workload {
    case .pipeline, .pipelineBatched: unsent = min(task.count, Self.window)
    case .send, .sendBatched: unsent = task.count
    case .pingPong, .receive, .setup, .idle: unsent = 1
    }
    sendWhileWritable(context)
  }

  /// Stops where the socket is full, and goes on when there is room.
  private func sendWhileWritable(_ context: ChannelHandlerContext) {
    let isBatched = task.workload == .sendBatched || task.workload == .pipelineBatched
    var frame = WebSocketFrame(
      fin: true, opcode: .binary, maskKey: .random(using: &random),
      data: task.workload == .receive ? payload.getSlice(at: payload.readerIndex, length: 1)! : payload)
    var held = 0
    while unsent > 0, context.channel.isWritable {
      frame.maskKey = .random(using: &random)
      unsent -= 1
      if isBatched {
        context.write(wrapOutboundOut(frame), promise: nil)
        held += task.size + 8
        guard held >= Self.batch else { continue }
        held = 0
        context.flush()
      } else {
        context.writeAndFlush(wrapOutboundOut(frame), promise: nil)
      }
    }
    if isBatched { context.flush() }
  }

  func channelWritabilityChanged(context: ChannelHandlerContext) {
    if unsent > 0 { sendWhileWritable(context) }
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    let frame = unwrapInboundIn(data)
    let isAnswer = task.workload == .send || task.workload == .sendBatched
    guard frame.opcode == .binary, frame.fin, frame.data.readableBytes == (isAnswer ? 1 : task.size) else {
      fail("another message was expected")
    }
    received += 1
    switch task.workload {
    case .pingPong:
      if received < task.count { send(1, context) }
    case .pipeline:
      if received + Self.window <= task.count { send(1, context) }
    case .pipelineBatched:
      if received % Self.window == 0 { send(min(task.count - received, Self.window), context) }
    case .send, .sendBatched, .setup, .idle:
      return end()
    case .receive:
      break
    }
    if received == task.count { end() }
  }

  private func send(_ count: Int, _ context: ChannelHandlerContext) {
    unsent += count
    sendWhileWritable(context)
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    // The server answers the end of TLS by closing, of which nobody needs to know once all has been received.
    if task.workload != .setup || received == 0 { fail("\(error)") }
  }
}
