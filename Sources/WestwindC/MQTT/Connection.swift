internal import CWestwind
internal import SystemPackage
internal import WestwindMQTT
internal import WestwindPlatform

/// What a connected `struct mqtt_client` points to.
///
/// It is the program's from `mqtt_connect` to the event `MQTT_EVT_DISCONNECT`, and so is the client in it: as in Zephyr
/// nothing outlives the connection, so nothing has to be freed.
final class Connection {
  let client: MQTTClient
  /// A transport that a program defines itself keeps descriptors of its own in `transport.tcp.sock` and
  /// `transport.websocket.sock`.
  private let isCustom: Bool

  init(_ client: MQTTClient, isCustom: Bool) {
    self.client = client
    self.isCustom = isCustom
  }

  /// The connection of a client, if it has one.
  static func of(_ owner: UnsafeMutablePointer<mqtt_client>) -> Connection? {
    guard let connection = unsafe owner.pointee.internal.connection else { return nil }
    // Sound: `begin` put it there, and `end` takes it out before it is freed.
    return unsafe Unmanaged<Connection>.fromOpaque(connection).takeUnretainedValue()
  }

  /// Gives the connection to its client.
  func begin(_ owner: UnsafeMutablePointer<mqtt_client>) {
    unsafe owner.pointee.internal.connection = Unmanaged.passRetained(self).toOpaque()
    unsafe showPings(owner)
    unsafe show(client.descriptor?.rawValue ?? -1, owner)
  }

  /// Takes the connection from its client. Whoever has it in a call still has it.
  func end(_ owner: UnsafeMutablePointer<mqtt_client>) {
    unsafe owner.pointee.internal.connection = nil
    unsafe show(-1, owner)
    // Sound: the count that `begin` added.
    unsafe Unmanaged.passUnretained(self).release()
  }

  /// Shows how many PINGREQs wait for their answers, whoever sent them.
  func showPings(_ owner: UnsafeMutablePointer<mqtt_client>) {
    unsafe owner.pointee.unacked_ping = Int8(clamping: client.unansweredPings)
  }

  private func show(_ number: CInt, _ owner: UnsafeMutablePointer<mqtt_client>) {
    guard !isCustom else { return }
    unsafe owner.pointee.transport.tcp.sock = number
    unsafe owner.pointee.transport.websocket.sock = number
  }
}

/// Runs a call under the client's mutex, which the same thread may have already, in its callback.
@inline(__always) func locked<R>(_ owner: UnsafeMutablePointer<mqtt_client>, _ body: () -> R) -> R {
  uncancelled {
    unsafe pthread_mutex_lock(&owner.pointee.internal.mutex)
    defer { unsafe pthread_mutex_unlock(&owner.pointee.internal.mutex) }
    return body()
  }
}

/// What a function of `<zephyr/net/mqtt.h>` returns that needs a connection.
///
/// - Parameter mayPing: the call may send PINGREQ, or take its answer; otherwise their number is as it was.
///
/// Sound as all the functions that take the pointer: the program gives one to a structure that `mqtt_client_init` made.
@inline(__always) func outcome(
  _ owner: UnsafeMutablePointer<mqtt_client>?, mayPing: Bool = true, _ body: (MQTTClient) throws(MQTTError) -> CInt
) -> CInt {
  guard let owner = unsafe owner else { return -EINVAL }
  return unsafe locked(owner) {
    // The client is kept for the call, in which its connection may end.
    guard let client = unsafe Connection.of(owner)?.client else { return -ENOTCONN }
    // It may be over by then, and even another.
    defer { if mayPing { unsafe Connection.of(owner)?.showPings(owner) } }
    do throws(MQTTError) { return try body(client) } catch { return -error.code.rawValue }
  }
}
