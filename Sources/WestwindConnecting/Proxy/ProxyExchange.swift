internal import SystemPackage
internal import WestwindSockets

/// Sends bytes to a proxy and receives its answers, under the deadline of the connect.
struct ProxyExchange {
  let socket: SocketDescriptor
  let proxy: ProxyURL
  let deadline: Deadline

  func send(_ bytes: [UInt8]) throws(ConnectError) {
    do throws(Errno) {
      guard try socket.send(bytes, timeout: deadline.timeLeft) == bytes.count else { throw .wouldBlock }
    } catch {
      throw self.error(error)
    }
  }

  /// Receives what has come, up to `maxCount` bytes; at least one.
  func receive(maxCount: Int) throws(ConnectError) -> [UInt8] {
    let bytes: [UInt8]
    do throws(Errno) {
      bytes = try socket.recv(maxCount: maxCount, timeout: deadline.timeLeft)
    } catch {
      throw self.error(error)
    }
    guard !bytes.isEmpty else { throw failure(.closed) }
    // A proxy that sends without end does not make this outlast its time.
    guard deadline == .immediate || !deadline.hasPassed else { throw self.error(.wouldBlock) }
    return bytes
  }

  /// Receives so many bytes and none behind them.
  func receive(exactly count: Int) throws(ConnectError) -> [UInt8] {
    var bytes: [UInt8] = []
    while bytes.count < count { bytes += try receive(maxCount: count - bytes.count) }
    return bytes
  }

  func failure(_ failure: ProxyFailure) -> ConnectError {
    ConnectError(.proxy, .proxy(failure), target: proxy.name)
  }

  private func error(_ error: Errno) -> ConnectError {
    error == .wouldBlock
      ? ConnectError(.proxy, .timedOut, target: proxy.name) : failure(.connectionLost(error))
  }
}
