// What the library takes from the system, as numbers: a line each, `number what`.
//
//   Footprint frames        calls for memory while frames are sent and received
//   Footprint connections   what a thousand connections leave behind
//   Footprint deflate       memory and calls for memory of compression
//   Footprint mqtt          calls for memory while MQTT's messages are written and read
//
// A program of its own, because a test runner keeps things for every error that is thrown, and because the counter
// takes the place of the C library's `malloc`.

import Glibc

switch CommandLine.arguments.dropFirst() {
case ["frames"]: try reportFrames()
case ["connections"]: try reportConnections()
case ["deflate"]: try reportDeflate()
case ["mqtt"]: try reportMQTT()
default:
  print("usage: Footprint frames|connections|deflate|mqtt")
  exit(2)
}
