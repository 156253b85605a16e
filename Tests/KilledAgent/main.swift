// An agent whose store is a file, until it is killed.
//
//   KilledAgent publish URL STORE FIRST   publishes numbers from FIRST on, by turns at QoS 1 and 2, and says each once it
//                                         has been taken; the line `stop` on its input has it deliver the rest and end
//   KilledAgent receive URL STORE LOG     writes each number that comes to the end of LOG, those of QoS 2 once

import Glibc
import Synchronization
import WestwindMQTT
import WestwindTestSupport

let arguments = CommandLine.arguments
let configuration = {
  var client = MQTTConfiguration(clientIdentifier: arguments[1])
  client.version = .mqtt5
  client.isCleanStart = false
  client.sessionExpiryInterval = 3600
  var configuration = MQTTAgentConfiguration(client)
  configuration.reconnectMinimum = .milliseconds(5)
  configuration.reconnectMaximum = .milliseconds(50)
  return configuration
}()
let transport = MQTTTransport(url: try MQTTURL(arguments[2]))
let store = try MQTTFileStore(path: arguments[3])

func say(_ line: String, to descriptor: Int32 = 1) {
  let bytes = Array((line + "\n").utf8)
  _ = write(descriptor, bytes, bytes.count)
}

func publish() throws {
  let agent = MQTTAgent(configuration, transport: transport, store: store) { _ in }
  try agent.start()
  var number = Int(arguments[4])!
  _ = fcntl(0, F_SETFL, O_NONBLOCK)
  var byte: UInt8 = 0
  while read(0, &byte, 1) != 1 {
    do {
      try agent.publish(
        topic: "killed/\(number % 2 + 1)", payload: Array("\(number)".utf8),
        qos: number.isMultiple(of: 2) ? .atLeastOnce : .exactlyOnce)
      say("\(number)")
      number += 1
    } catch {
      // the broker is slower than this
      guard case MQTTAgentError.queueFull = error else { throw error }
    }
    usleep(1000)
  }
  guard agent.stop(timeout: .seconds(60)) else { exit(1) }
}

/// The lines of a log that is only added to.
final class Log: Sendable {
  private let lines: Mutex<Set<String>>
  private let file: Int32

  init(_ path: String) throws {
    lines = Mutex(Set(try linesOfFile(path)))
    file = open(path, O_RDWR | O_CREAT | O_APPEND, 0o600)
  }

  func append(_ line: String) {
    lines.withLock { _ = $0.insert(line) }
    say(line, to: file)
  }

  func contains(_ line: String) -> Bool { lines.withLock { $0.contains(line) } }
}

func receive() throws {
  let log = try Log(arguments[4])
  let agent = MQTTAgent(configuration, transport: transport, store: store) { event in
    guard case .message(let message) = event else { return }
    let text = String(decoding: message.payload, as: UTF8.self)
    // what the process before had done with, and not had time to note in its store, comes again, with DUP
    if message.qos == .exactlyOnce, message.isDuplicate, log.contains(text) { return }
    log.append(text)
  }
  try agent.start()
  try agent.subscribe("killed/#")
  say("ready")
  while true { pause() }
}

func linesOfFile(_ path: String) throws -> [String] {
  guard let file = fopen(path, "r") else { return [] }
  defer { fclose(file) }
  var lines: [String] = []
  var line = ""
  while case let character = fgetc(file), character != EOF {
    if character == 10 {
      lines.append(line)
      line = ""
    } else {
      line.unicodeScalars.append(Unicode.Scalar(UInt8(character)))
    }
  }
  return lines
}

switch arguments[1] {
case "publish": try publish()
case "receive": try receive()
default: exit(2)
}
