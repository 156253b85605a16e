// The one place that decides which C library the Swift modules see. Import this module with `internal import`, so that
// none of C's names reach a program that imports the library.
#if canImport(Glibc)
  @_exported public import Glibc
#elseif canImport(Musl)
  @_exported public import Musl
#elseif canImport(Android)
  @_exported public import Android
#else
  #error("Westwind needs Linux with Glibc or Musl, or Android")
#endif
