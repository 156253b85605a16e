internal import MQTTProtocol
internal import SystemPackage
internal import WestwindSockets

/// What an agent's thread does: it drives a client.
final class AgentLoop {
  /// Messages that are taken from the queue at once.
  static let batchSize = 256

  let core: AgentCore
  var client: MQTTClient!
  var backoff: Backoff
  /// Taken from the queue, and not published yet; the next one is the last.
  var batch: [Waiting] = []
  /// Messages of QoS 1 and 2 under way, by their identifiers.
  var inFlight: [UInt16: Completion] = [:]
  /// Messages of QoS 0 that wait to be written.
  var written: [Completion] = []
  var requests: [UInt16: Request] = [:]
  /// What is subscribed to, in the order of asking.
  var subscriptions: [(subscription: MQTTSubscription, properties: MQTTProperties)] = []
  var isConnected = false
  var failure: MQTTError?

  init(_ core: AgentCore) {
    self.core = core
    let configuration = core.configuration
    backoff = Backoff(minimum: configuration.reconnectMinimum, maximum: configuration.reconnectMaximum)
    client = MQTTClient(configuration.client, transport: core.transport, store: core.store) { [unowned self] in
      take($0, $1)
    }
  }

  func run() {
    var reason: MQTTError?
    while !isToEnd {
      failure = nil
      do throws(MQTTError) {
        let timeout = min(Deadline(core.configuration.connectTimeout), stopDeadline ?? .forever).timeLeft
        try client.connect(timeout: timeout)
        try serve()
      } catch {
        if failure == nil {
          failure = error
          core.onEvent(.disconnected(error))
        }
      }
      isConnected = false
      loseWhatIsLost()
      guard !isToEnd, let failure else { continue }
      guard core.configuration.reconnects(failure) else {
        reason = failure
        break
      }
      let delay = backoff.next()
      core.onEvent(.reconnecting(in: delay))
      pause(Deadline(Timeout(delay)))
    }
    end(reason)
  }

  /// It is asked to stop, and there is nothing left to do, or no time for it.
  private var isToEnd: Bool {
    guard let stopDeadline else { return false }
    return isDone || stopDeadline.hasPassed
  }

  private var stopDeadline: Deadline? {
    core.state.withLock { if case .stopping(let deadline) = $0.phase { deadline } else { nil } }
  }

  /// Drives the client until the connection is over.
  private func serve() throws(MQTTError) {
    while let descriptor = client.descriptor {
      try send()
      let deadline = stopDeadline
      if let deadline, isDone || deadline.hasPassed {
        try client.disconnect(timeout: deadline.timeLeft)
        return
      }
      try wait(for: descriptor, until: deadline ?? .forever)
    }
  }

  /// Everything has been delivered.
  private var isDone: Bool {
    batch.isEmpty && client.session.nextOutstanding(after: nil) == nil
      && core.state.withLock { $0.queue.count == 0 && $0.requests.isEmpty } && requests.isEmpty
  }

  private func wait(for descriptor: SocketDescriptor, until deadline: Deadline) throws(MQTTError) {
    guard let wake = enterWait() else { return }
    var entries = [PollEntry(descriptor, .readable), PollEntry(SocketDescriptor(rawValue: wake), .readable)]
    do throws(Errno) { _ = try SocketDescriptor.poll(&entries, timeout: deadline.timeLeft) } catch {
      throw .system(error)
    }
    leaveWait()
    if !entries[0].returned.isEmpty { try client.input() }
  }

  /// - Returns: the number that says that something has come; nil where something has already.
  private func enterWait() -> CInt? {
    let canSend = isConnected && (batch.isEmpty || batch.last!.qos == .atMostOnce || client.canPublish)
    return core.state.withLock { state in
      if canSend, state.queue.count > 0 { return nil }
      if isConnected, !state.requests.isEmpty { return nil }
      state.isWaiting = true
      return state.wake?.number
    }
  }

  private func leaveWait() {
    core.state.withLock { state in
      state.isWaiting = false
      state.wake?.set(false)
    }
  }

  /// Waits for a moment, or until the agent is to end.
  private func pause(_ deadline: Deadline) {
    while !deadline.hasPassed, !isToEnd {
      guard let wake = enterWait() else { return }
      let end = min(deadline, stopDeadline ?? .forever)
      _ = try? SocketDescriptor(rawValue: wake).poll(for: .readable, timeout: end.timeLeft)
      leaveWait()
    }
  }
}
