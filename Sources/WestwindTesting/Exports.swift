// A test that imports WestwindTesting has the descriptors that these are with it.
@_exported public import WestwindSockets
