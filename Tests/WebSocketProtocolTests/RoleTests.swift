import Testing
import WebSocketProtocol

struct RoleTests {
  @Test func `a client masks what it sends and a server does not`() {
    #expect(Role.client.sendsMasked)
    #expect(!Role.server.sendsMasked)
  }
}
