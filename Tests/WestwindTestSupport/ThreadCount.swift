import Glibc

/// The number of threads that this process has.
///
/// As with ``openDescriptorCount()``, it means something only while nothing else runs in the process; and the runtime may
/// start a few of its own at any time.
public func threadCount() -> Int {
  guard let folder = opendir("/proc/self/task") else { return -1 }
  defer { closedir(folder) }
  var count = -2  // without `.` and `..`
  while readdir(folder) != nil { count += 1 }
  return count
}
