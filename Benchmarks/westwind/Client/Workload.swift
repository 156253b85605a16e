/// What a client can be asked to do; the raw values are the names on the command line.
enum Workload: String, CaseIterable {
  case pingPong = "ping-pong"
  case pipeline
  case pipelineBatched = "pipeline-batched"
  case send
  case sendBatched = "send-batched"
  case sendCorked = "send-corked"
  case receive
  case receiveRecvMsg = "receive-recvmsg"
  case receiveBorrowed = "receive-borrowed"
  case receiveBSD = "receive-bsd"
  case setup
  case idle
  case deflateSend = "deflate-send"
  case deflateReceive = "deflate-receive"

  /// - Returns: the line to print.
  func run(_ load: Load) throws -> String {
    switch self {
    case .pingPong: try load.pingPong()
    case .pipeline: try load.pipeline()
    case .pipelineBatched: try load.pipelineBatched()
    case .send: try load.send()
    case .sendBatched: try load.sendBatched()
    case .sendCorked: try load.sendCorked()
    case .receive: try load.receiveLent()
    case .receiveRecvMsg: try load.receiveCopied()
    case .receiveBorrowed: try load.receiveBorrowed()
    case .receiveBSD: try load.receiveBSD()
    case .setup: try load.setup()
    case .idle: try load.idle()
    case .deflateSend: try load.send(isDeflated: true)
    case .deflateReceive: try load.receiveCopied(isDeflated: true)
    }
  }
}
