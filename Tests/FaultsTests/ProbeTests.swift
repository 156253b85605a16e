import Glibc
import Testing

@Test func `an exit test can capture`() async {
  let result = await #expect(processExitsWith: .success, observing: [\.standardOutputContent, \.standardErrorContent]) { [n = 42] in
    print("captured \(n)")
    fputs("err\n", stderr)
    #expect(n == 42)
    var tasks = 0
    if let d = opendir("/proc/self/task") { while readdir(d) != nil { tasks += 1 }; closedir(d) }
    print("tasks \(tasks - 2)")
  }
  print(result.map { String(decoding: $0.standardOutputContent, as: UTF8.self) } ?? "nil")
  print(result.map { String(decoding: $0.standardErrorContent, as: UTF8.self) } ?? "nil")
}
