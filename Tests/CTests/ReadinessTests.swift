import Glibc
import Testing
import WestwindTestSupport

/// What a program may believe of `zsock_poll`, of deadlines, and of numbers.
@Suite(.serialized, .timeLimit(.minutes(15)), .enabled(if: CProgram.isPossible, "run Scripts/prepare --tests"))
struct ReadinessTests {
  /// Seconds: `WESTWIND_REUSE_SECONDS`.
  static let reuse = getenv("WESTWIND_REUSE_SECONDS").flatMap { Int(String(cString: $0)) } ?? 4

  /// The paths of a certificate and its key.
  private static func certificate(_ name: String) throws -> [String] {
    let good = try TestCertificate.good.get()
    return try [(good.certificate, "certificate.pem"), (good.key, "key.pem")].map { bytes, file in
      try write(bytes, to: "\(try workFolder.get())/\(name)-\(file)")
    }
  }

  @Test func `a program like Zephyr's mqtt_publisher connects each time, over every transport`() throws {
    let program = try CProgram("mqtt_poll", .c11)
    print(try program(Self.certificate("mqtt-poll") + ["100"], checksMemory: false))
  }

  @Test func `no call outlasts its time if a peer of TLS 1_3 floods it`() throws {
    let program = try CProgram("tls_flood", .c11)
    print(try program(Self.certificate("tls-flood"), checksMemory: false))
  }

  @Test(arguments: [1, 2])
  func `eight threads that reuse numbers in every way find their own streams`(seed: Int) throws {
    print(try CProgram("reuse", .c11)(["\(Self.reuse)", "\(seed)"], checksMemory: false))
  }

  @Test func `a program under valgrind connects over every transport, and reuses numbers`() throws {
    print(try CProgram("mqtt_poll", .c11)(Self.certificate("mqtt-checked") + ["1"]))
  }
}
