import SampleTestSupport
import Testing

struct WrongUseTests {
  @Test(
    arguments: [
      (["--count", "0"], "--count must be 1 or more"),
      (["--size=-1"], "--size must be between 0 and"),
      (["--size", "many"], "--size"),
      (["--fragment", "0"], "--fragment must be 1 byte or more"),
      (["--api", "bsd", "--fragment", "10"], "--fragment needs --api msg"),
      (["--api", "bsd", "--size", "0"], "--size 0 needs --api msg"),
      (["--api", "other"], "'msg' and 'bsd'"),
      (["--timeout", "0"], "--timeout must be more than 0"),
      (["--timeout", "nan"], "--timeout must be more than 0"),
      (["--header", "no colon"], "--header 'no colon' must be one line"),
      (["--header", "A: b\r\nC: d"], "must be one line"),
      (["--subprotocol", "a b"], "--subprotocol 'a b' must be a name"),
      (["--subprotocol", "a", "--subprotocol", "a"], "is given twice"),
      (["--url", "ws://[fe80::1%eth0]/"], "write it behind %25"),
      (["--url", "ws://127.0.0.1/", "--cert", "c.pem"], "--cert and --key belong together"),
      (["--url", "ws://127.0.0.1/", "--key", "k.pem"], "--cert and --key belong together"),
      (["--url", "ws://127.0.0.1/", "--insecure", "--ca", "c.pem"], "give one of them"),
      (["--url", "wss://127.0.0.1/", "--pin", "sha256//abc"], "--pin 'sha256//abc' must be"),
      (["--url", "ws://127.0.0.1/", "--proxy", "ftp://127.0.0.1/"], "proxy's scheme 'ftp' is unknown"),
      (["--url", "ws://127.0.0.1/", "--unix", ""], "cannot be a socket's path"),
      (["--url", "http://127.0.0.1/"], "write ws://"),
      (["--url", "ws://127.0.0.1/#part"], "no '#' part"),
      (["--unknown"], "--unknown"),
      (["surplus"], "surplus"),
      (["send", "file"], "--url"),
      (["send", "--url", "ws://127.0.0.1:1/"], "<file>"),
      (["send", "--url", "ws://127.0.0.1:1/", "--size", "0", "-"], "--size must be between 1 and"),
      (["send", "--url", "ws://127.0.0.1:1/", "/no/such/file"], "cannot open '/no/such/file'"),
      (["send", "--url", "ws://127.0.0.1:1/", "/"], "is a directory"),
      (["listen"], "--url"),
    ] as [([String], String)])
  func `wrong use ends with exit code 2 and one line`(_ arguments: [String], _ message: String) throws {
    let outcome = try Sample.run(arguments)
    #expect(outcome.status == .exited(2))
    #expect(outcome.output == "")
    #expect(outcome.errorLines.count == 1)
    #expect(outcome.errors.hasPrefix("websocket-client: "))
    #expect(outcome.errors.contains(message), "\(outcome.errors)")
  }

  @Test(arguments: [["--help"], ["-h"], ["send", "--help"], ["listen", "--help"]])
  func `help goes to standard output with exit code 0`(_ arguments: [String]) throws {
    let outcome = try Sample.run(arguments)
    #expect(outcome.status == .exited(0))
    #expect(outcome.errors == "")
    #expect(outcome.output.contains("--url"))
    #expect(outcome.output.contains("--timeout"))
  }

  @Test func `the help of the program names the other commands and the exit codes`() throws {
    let output = try Sample.run("--help").output
    #expect(output.contains("websocket-client send --url"))
    #expect(output.contains("websocket-client listen --url"))
    #expect(output.contains("0 done, 1 the peer or the network failed, 2 wrong use"))
  }
}
