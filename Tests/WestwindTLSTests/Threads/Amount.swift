import Glibc

/// Megabytes in each direction; `WESTWIND_TLS_MEGABYTES=1025` for the long run.
let megabytes = max(1, getenv("WESTWIND_TLS_MEGABYTES").flatMap { Int(String(cString: $0)) } ?? 16)
