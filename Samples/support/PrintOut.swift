import SystemPackage

/// Writes a report to standard output. A reader that has gone is no failure: it has seen what it wanted.
package func printOut(_ text: String) throws(Failure) {
  do {
    try Output.standardOutput.write(text)
  } catch .brokenPipe {
    return
  } catch {
    throw .network("cannot write to standard output: \(error); check where it goes")
  }
}
