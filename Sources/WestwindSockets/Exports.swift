// A program that imports WestwindSockets can name what a descriptor sends. The other types of WestwindBuffers are for engines.
@_exported public import struct WestwindBuffers.Payload
