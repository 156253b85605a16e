// A program that imports WestwindTLS has the names of TLS that are the engine's: versions, failures.
@_exported public import TLSEngine
