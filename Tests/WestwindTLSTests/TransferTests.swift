import SystemPackage
import Testing
import WestwindSockets
import WestwindTLS
import WestwindTestSupport

@Suite struct TransferTests {
  @Test(arguments: [0, 1, 16383, 16384, 16385, 65535, 65536, 65537, 1_000_003])
  func `bytes arrive as they were sent, whatever their number`(size: Int) throws {
    let pair = try TLSPair()
    let bytes = pattern(size: size, seed: UInt64(size))
    let sender = BlockingThread {
      try pair.client.send(bytes, timeout: .seconds(20)) == size
    }
    #expect(difference(try pair.server.receiveAll(size), bytes) == nil)
    #expect(try sender.join())
    try pair.close()
  }

  @Test func `both directions, in all versions`() throws {
    for version in TLSVersion.allCases {
      var options = try Standard.client()
      options.minimumVersion = version
      options.maximumVersion = version
      let pair = try TLSPair(options)
      try pair.client.send(Array("there".utf8))
      try pair.server.send(Array("back".utf8))
      #expect(try pair.server.receiveAll(5) == Array("there".utf8))
      #expect(try pair.client.receiveAll(4) == Array("back".utf8))
      #expect(tlsInfo(pair.client)?.version == version)
      #expect(tlsInfo(pair.client)?.peerSubject == "CN=the server")
      try pair.close()
    }
  }
}
