internal import WestwindPlatform

/// The value of an environment variable; nil where it is not set.
///
/// Sound: the text is copied before anything else runs on this thread. As everywhere in C, a program that changes its
/// environment while another thread reads it has to see to it itself.
func environmentVariable(_ name: String) -> String? {
  guard let value = unsafe getenv(name) else { return nil }
  return unsafe String(cString: value)
}
