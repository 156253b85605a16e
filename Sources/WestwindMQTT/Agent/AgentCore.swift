internal import MQTTProtocol
internal import SystemPackage
internal import WestwindSockets

/// What an agent's callers and its thread share.
final class AgentCore: Sendable {
  enum Phase {
    case idle
    case running
    /// Until when the farewell may take.
    case stopping(Deadline)
    case ended
  }

  struct State: ~Copyable {
    var phase = Phase.idle
    var queue = WaitingQueue()
    /// The queue has what the store gave, which it gives once: also where the thread could not be started then.
    var isLoaded = false
    var requests: [Request] = []
    var nextNumber: UInt64 = 1
    /// Set while the thread is wanted: something has come for it.
    var wake: EventFlag?
    /// The thread waits, and could do something with what comes.
    var isWaiting = false
    var thread: UInt?
  }

  let configuration: MQTTAgentConfiguration
  let transport: MQTTTransport
  let store: any MQTTQueueStore
  let onEvent: @Sendable (MQTTAgentEvent) -> Void
  let state = Lock(State())
  /// Given when the thread ends: whether all was delivered.
  let ended = LateValue<Bool>()

  init(
    _ configuration: MQTTAgentConfiguration, transport: MQTTTransport, store: any MQTTQueueStore,
    onEvent: @escaping @Sendable (MQTTAgentEvent) -> Void
  ) {
    self.configuration = configuration
    self.transport = transport
    self.store = store
    self.onEvent = onEvent
  }

  /// Whether this is the agent's thread.
  var isOnThread: Bool { state.withLock { $0.thread } == currentThread() }

  func start() throws(MQTTError) {
    try state.withLock { state throws(MQTTError) in
      guard case .idle = state.phase else { throw .alreadyConnected }
      do throws(MQTTStoreError) { try load(&state) } catch { throw .store(error) }
      do throws(Errno) { state.wake = try EventFlag(.readableWhileSet) } catch { throw .system(error) }
      state.phase = .running
    }
    do throws(Errno) {
      try startDetachedThread { [self] in
        state.withLock { $0.thread = currentThread() }
        AgentLoop(self).run()
      }
    } catch {
      state.withLock { $0.phase = .idle }
      throw .system(error)
    }
  }

  private func load(_ state: inout State) throws(MQTTStoreError) {
    guard !state.isLoaded else { return }
    for (number, packet) in try store.queue() {
      guard let first = packet.first, let qos = QoS(rawValue: first >> 1 & 3) else { continue }
      state.queue.append(Waiting(number: number, packet: packet, qos: qos, completion: nil))
      state.nextNumber = max(state.nextNumber, number + 1)
    }
    state.isLoaded = true
  }

  func enqueue(_ packet: [UInt8], _ qos: QoS, _ completion: Completion?) throws(MQTTAgentError) {
    let dropped: Waiting? = try state.withLock { state throws(MQTTAgentError) in
      guard case .running = state.phase else { throw .notRunning }
      var dropped: Waiting?
      if state.queue.count >= configuration.queueLimit
        || state.queue.bytes + packet.count > configuration.queueBytesLimit
      {
        guard configuration.queuePolicy == .dropOldest, state.queue.count > 0,
          packet.count <= configuration.queueBytesLimit
        else { throw .queueFull(messages: configuration.queueLimit, bytes: configuration.queueBytesLimit) }
        dropped = state.queue.popFirst()
      }
      let number = state.nextNumber
      do throws(MQTTStoreError) {
        if let dropped, dropped.qos != .atMostOnce { try store.dequeue(dropped.number) }
        if qos != .atMostOnce { try store.enqueue(number, packet.span) }
      } catch {
        throw .store(error)
      }
      state.nextNumber += 1
      state.queue.append(Waiting(number: number, packet: packet, qos: qos, completion: completion))
      state.wakeUp()
      return dropped
    }
    dropped?.completion?(.failure(.dropped))
  }

  func enqueue(_ request: Request) throws(MQTTAgentError) {
    try state.withLock { state throws(MQTTAgentError) in
      guard case .running = state.phase else { throw .notRunning }
      state.requests.append(request)
      state.wakeUp()
    }
  }

  func requestStop(until deadline: Deadline) {
    let wasIdle = state.withLock { state in
      switch state.phase {
      case .idle:
        state.phase = .ended
        return true
      case .running: state.phase = .stopping(deadline)
      // the shorter one counts
      case .stopping(let earlier): state.phase = .stopping(min(earlier, deadline))
      case .ended: break
      }
      state.isWaiting = true
      state.wakeUp()
      return false
    }
    if wasIdle { ended.give(true) }
  }
}

extension AgentCore.State {
  mutating func wakeUp() {
    guard isWaiting else { return }
    isWaiting = false
    wake?.set(true)
  }
}
