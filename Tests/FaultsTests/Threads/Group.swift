import WestwindTestSupport

/// Threads that do a numbered part each.
struct ThreadGroup<Value: Sendable>: Sendable {
  private let threads: [BlockingThread<Value>]

  init(_ count: Int, _ body: @escaping @Sendable (Int) throws -> Value) {
    threads = (0..<count).map { i in BlockingThread { try body(i) } }
  }

  /// Waits for all, and then throws what the first that failed threw.
  func join() throws -> [Value] {
    try threads.map { thread in Result { try thread.join() } }.map { try $0.get() }
  }
}
