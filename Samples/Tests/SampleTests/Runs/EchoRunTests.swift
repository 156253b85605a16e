import SampleTestSupport
import Testing
import WebSocketProtocol
import Westwind
import WestwindSockets

struct EchoRunTests {
  @Test func `without a URL it talks to a server of its own and reports one JSON object`() throws {
    let outcome = try Sample.run("--count", "50", "--json")
    #expect(outcome.status == .exited(0))
    #expect(outcome.errors == "")
    #expect(outcome.output.filter { $0 == "\n" }.count == 1)
    let report = try JSONValue(parsing: outcome.output)
    #expect(
      report.names == ["bytes", "frames", "frames_per_second", "mismatches", "rtt_us", "seconds", "url"])
    #expect(report["url"]?.string?.hasPrefix("ws://127.0.0.1:") == true)
    #expect(report["frames"] == .number(50))
    #expect(report["bytes"] == .number(50 * 125))
    #expect(report["mismatches"] == .number(0))

    let seconds = try #require(report["seconds"]?.number)
    let rate = try #require(report["frames_per_second"]?.number)
    #expect(seconds > 0)
    #expect(abs(rate * seconds - 50) < 0.5)

    let times = try #require(report["rtt_us"])
    #expect(times.names == ["max", "p50", "p90", "p99"])
    let values = try ["p50", "p90", "p99", "max"].map { try #require(times[$0]?.number) }
    #expect(values[0] > 0)
    #expect(values == values.sorted())
  }

  @Test(
    arguments: [
      ["--api", "bsd"], ["--api", "bsd", "--text"], ["--text"], ["--text", "--fragment", "10"], ["--fragment", "1"],
      ["--fragment", "124"], ["--fragment", "125"], ["--fragment", "126"], ["--size", "0"], ["--size", "0", "--text"],
      ["--size", "1"], ["--size", "126"], ["--size", "65535"], ["--size", "65536"], ["--size", "65537"],
      ["--size", "70000"], ["--size", "70000", "--text"], ["--size", "70000", "--api", "bsd"],
      ["--size", "70000", "--fragment", "1000"], ["--size", "2000000"], ["--size", "2000000", "--api", "bsd"],
      ["--size", "2000000", "--fragment", "65536"], ["--subprotocol", "mqtt", "--subprotocol", "x"],
      ["--header", "X-Name: value"], ["--timeout", "5.5"], ["--deflate"], ["--deflate", "--text", "--fragment", "10"],
      ["--deflate", "--size", "2000000"], ["--deflate", "--size", "70000", "--api", "bsd"],
      ["--deflate", "--size", "0"],
    ])
  func `every way to send comes back without a mismatch`(_ flags: [String]) throws {
    let outcome = try Sample.run(["--count", "20", "--json"] + flags)
    #expect(outcome.status == .exited(0))
    #expect(outcome.errors == "")
    let report = try JSONValue(parsing: outcome.output)
    let size = flags.firstIndex(of: "--size").map { Double(flags[$0 + 1])! } ?? 125
    #expect(report["frames"] == .number(20))
    #expect(report["bytes"] == .number(20 * size))
    #expect(report["mismatches"] == .number(0))
  }

  @Test func `--deflate says whether messages are compressed`() throws {
    let compressed = try Sample.run("--count", "20", "--deflate", "--subprotocol", "a-long-name")
    #expect(compressed.status == .exited(0), "\(compressed.errors)")
    #expect(compressed.output.contains(", compressed\n"))
    #expect(compressed.output.split(separator: "\n").allSatisfy { $0.count <= 80 })
    let peer = try Peer.socket { socket in try serveEcho(socket) }
    let plain = try Sample.run("--url", "ws://127.0.0.1:\(peer.port)/", "--count", "20", "--deflate", "--proxy", "none")
    #expect(plain.status == .exited(0), "\(plain.errors)")
    #expect(plain.output.contains(", not compressed\n"))
    _ = try peer.join()
  }

  @Test func `without --json the report fits a terminal and draws a histogram`() throws {
    let outcome = try Sample.run("--count", "200", "--subprotocol", "mqtt")
    #expect(outcome.status == .exited(0))
    let lines = outcome.output.split(separator: "\n")
    #expect(lines.allSatisfy { $0.count <= 80 })
    #expect(lines.contains { $0.hasPrefix("Handshake   101 ") })
    #expect(lines.contains { $0.hasPrefix("Peer        127.0.0.1:") && $0.hasSuffix("mqtt") })
    #expect(lines.contains { $0.hasPrefix("Frames      200 of 125 bytes, binary") })
    #expect(lines.contains { $0.hasPrefix("Mismatches  0") })
    #expect(lines.contains { $0.contains("█") })
  }

  @Test(arguments: ["msg", "bsd"]) func `a peer that cuts messages anew is compared as bytes`(_ api: String) throws {
    let peer = try Peer.webSocket { ws in
      while case .binary(let bytes)? = try? ws.receiveMessage(timeout: .seconds(10)) {
        // As three fragments, the last of them empty.
        try ws.sendMsg(Array(bytes.prefix(7)), opcode: .binary, final: false)
        try ws.sendMsg(Array(bytes.dropFirst(7)), opcode: .continuation, final: false)
        try ws.sendMsg([UInt8](), opcode: .continuation, final: true)
      }
    }
    let outcome = try Sample.run("--url", peer.url, "--count", "30", "--size", "100", "--json", "--api", api)
    #expect(outcome.status == .exited(0))
    #expect(try JSONValue(parsing: outcome.output)["mismatches"] == .number(0))
    try peer.join()
  }

  @Test func `a wrong echo is counted and ends with exit code 1`() throws {
    let peer = try Peer.webSocket { ws in
      var number = 0
      while case .binary(var bytes)? = try? ws.receiveMessage(timeout: .seconds(10)) {
        number += 1
        if number == 3 { bytes[17] ^= 0x40 }
        try ws.sendMsg(bytes, opcode: .binary)
      }
    }
    let outcome = try Sample.run("--url", peer.url, "--count", "10", "--json")
    #expect(outcome.status == .exited(1))
    #expect(try JSONValue(parsing: outcome.output)["mismatches"] == .number(1))
    #expect(outcome.errorLines.count == 1)
    #expect(outcome.errors.contains("1 of 10 echoes differ, first in frame 3: byte 17 is 0x"))
    try peer.join()
  }

  @Test func `an echo that is too long is a mismatch`() throws {
    let peer = try Peer.webSocket { ws in
      while case .binary(let bytes)? = try? ws.receiveMessage(timeout: .seconds(10)) {
        try ws.sendMsg(bytes + [1], opcode: .binary)
      }
    }
    let outcome = try Sample.run("--url", peer.url, "--count", "4", "--json")
    #expect(outcome.status == .exited(1))
    #expect(try JSONValue(parsing: outcome.output)["mismatches"] == .number(4))
    try peer.join()
  }
}
