// What TLS costs: the time of a handshake, full and resumed, the memory of a connection on which nothing happens, and
// the rate of a transfer beside that of the raw socket. The same of a WebSocket by URL, beside one without TLS.
//
//   Scripts/package Benchmarks run -c release TLSBenchmark [handshakes] [connections] [MiB]
import BenchmarkSupport
import Glibc
import WestwindSockets
import WestwindTLS

let numbers = CommandLine.arguments.dropFirst().compactMap { Int($0) }
let handshakes = numbers.first ?? 1000
let connections = numbers.dropFirst().first ?? 500
let megabytes = numbers.dropFirst(2).first ?? 256
let certificate = try TestCertificate.good.get()

for version in TLSVersion.allCases {
  for resumes in [false, true] {
    let time = try handshakeTime(version, resumes: resumes, count: handshakes)
    print("\(version), \(resumes ? "resumed" : "full") handshake, both ends: \(time.microseconds) µs")
  }
}
for version in TLSVersion.allCases {
  let memory = try idleMemory(version, count: connections)
  print("\(version), idle connection, one end: \(memory.client) bytes as the client, \(memory.server) as the server")
}
print("the system's authorities, first time: \(try systemRootsTime().first.microseconds) µs")
print("the system's authorities, from then on: \(try systemRootsTime().again.microseconds) µs")
print("raw socket: \(try rate(nil, megabytes: megabytes)) MiB/s")
for version in TLSVersion.allCases {
  print("\(version): \(try rate(version, megabytes: megabytes)) MiB/s")
}
print("ws, connecting by URL, both ends: \(try connectTime(nil, resumes: false, count: handshakes).microseconds) µs")
for version in TLSVersion.allCases {
  for resumes in [false, true] {
    let time = try connectTime(version, resumes: resumes, count: handshakes)
    print("wss, \(version), \(resumes ? "resumed" : "full"), both ends: \(time.microseconds) µs")
  }
}
for version in [nil] + TLSVersion.allCases {
  let memory = try idleWebSocketMemory(version, count: connections)
  let name = version.map { "wss, \($0)" } ?? "ws"
  print("\(name), idle connection, one end: \(memory.client) bytes as the client, \(memory.server) as the server")
}
