import Westwind

func talk(to url: String) throws {
  let connection = try websocketConnect(url: url, timeout: .seconds(10))
  try connection.descriptor.sendMsg("hello")
  if case .text(let reply) = try connection.descriptor.receiveMessage(timeout: .seconds(3)) { print(reply) }
  try connection.close(code: .normal)
}

try talk(to: CommandLine.arguments.dropFirst().first ?? "ws://127.0.0.1:9001/")
