/* The code of websocket_connect and websocket_register that takes all descriptors there are. */
#include "session.h"

#include <sys/resource.h>

static uint8_t memory[2][300];

/* No descriptor is left for the WebSocket: told, and nothing is kept of it. */
static void no_descriptor(void) {
  int socket, peer, lowest;
  tcp_pair(&socket, &peer);
  lowest = dup(0);
  struct rlimit before;
  CHECK_IS(getrlimit(RLIMIT_NOFILE, &before), 0);
  struct rlimit none = {(rlim_t)lowest, before.rlim_max};
  close(lowest);
  CHECK_IS(setrlimit(RLIMIT_NOFILE, &none), 0);
  CHECK_IS(websocket_register(socket, memory[0], sizeof memory[0]), -ENOSPC);
  struct server server;
  server_start(&server, peer, agree, NULL);
  struct websocket_request request = plain_request(memory[0], sizeof memory[0]);
  CHECK_IS(websocket_connect(socket, &request, 5000, NULL), -ENOSPC);
  server_join(&server);
  CHECK_IS(setrlimit(RLIMIT_NOFILE, &before), 0);
  int ws = websocket_register(socket, memory[0], sizeof memory[0]);
  CHECK(ws >= 0);
  CHECK_IS(websocket_unregister(ws), 0);
  close(peer);
}

int main(void) {
  no_descriptor();
  return 0;
}
