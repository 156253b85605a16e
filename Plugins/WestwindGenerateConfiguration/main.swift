// WestwindGenerateConfiguration DEFAULTS CONFIG OUTPUT [STAMP]
//
// Writes OUTPUT, a Swift file with a constant for each symbol that DEFAULTS assigns. CONFIG overrides values, and need
// not exist. An OUTPUT that has the right content already is left alone. STAMP is written each time: WestwindKconfig says
// why. Exit status: 0 done, 1 a file cannot be used, 2 wrong arguments.
//
// It runs before anything else of the package is built, so it imports nothing but the C library.

import Glibc

let arguments = CommandLine.arguments
guard arguments.count == 4 || arguments.count == 5 else {
  report("usage: WestwindGenerateConfiguration DEFAULTS CONFIG OUTPUT [STAMP]")
  exit(2)
}
let (defaultsPath, configPath, outputPath) = (arguments[1], arguments[2], arguments[3])

do {
  let defaults = try parseConfig(readFile(defaultsPath), path: defaultsPath)
  let kinds = Dictionary(defaults.map { ($0.symbol, $0.value) }) { _, last in last }
  let config = try parseConfig(readFileIfPresent(configPath), path: configPath, kinds: kinds)

  let source = generate(defaults: defaults, config: config) { line, message in
    report("\(configPath):\(line): warning: \(message)")
  }
  let bytes = Array(source.utf8)
  if try readFileIfPresent(outputPath) != bytes {
    try writeFile(outputPath, bytes)
  }
  if arguments.count == 5 {
    try writeFile(arguments[4], [UInt8(ascii: "\n")])
  }
} catch let error as LineError {
  report(error.description)
  exit(1)
} catch let error as FileError {
  report(error.description)
  exit(1)
}
