import SampleTestSupport

/// A file that goes when the object goes.
final class TemporaryFile {
  let path: String
  private let folder: TemporaryFolder

  init(_ bytes: [UInt8]) throws {
    folder = try TemporaryFolder("sample")
    path = try folder.write(bytes, to: "file")
  }

  deinit {
    folder.remove()
  }
}
