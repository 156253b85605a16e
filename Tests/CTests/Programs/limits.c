/* The two codes of websocket_connect and websocket_register that take all there is of something. */
#include "session.h"

#include <sys/eventfd.h>
#include <sys/resource.h>

static uint8_t memory[2][300];

/* As many WebSockets as WEBSOCKET_MAX_CONTEXTS allows, over the cheapest descriptors there are. Where the system does not give
 * the process as many, it says so, and this is not tested. */
static void no_context(size_t contexts) {
  struct rlimit limit = {(rlim_t)contexts * 3, (rlim_t)contexts * 3}, before;
  CHECK_IS(getrlimit(RLIMIT_NOFILE, &before), 0);
  if (limit.rlim_max < before.rlim_max) limit.rlim_max = before.rlim_max;
  if (setrlimit(RLIMIT_NOFILE, &limit) != 0) {
    printf("no test of -ENOENT: %zu descriptors are more than this process may have\n", contexts * 3);
    return;
  }
  int *sockets = (int *)malloc(contexts * sizeof *sockets), *opened = (int *)malloc(contexts * sizeof *opened);
  for (size_t i = 0; i < contexts; i++) {
    sockets[i] = eventfd(0, 0);
    opened[i] = websocket_register(sockets[i], memory[0], 1);
    if (opened[i] < 0) fail(__FILE__, __LINE__, "number %zu is %d", i, opened[i]);
  }
  int socket, peer;
  tcp_pair(&socket, &peer);
  CHECK_IS(websocket_register(socket, memory[0], sizeof memory[0]), -ENOENT);
  struct websocket_request request = plain_request(memory[0], sizeof memory[0]);
  CHECK_IS(websocket_connect(socket, &request, 1000, NULL), -ENOENT);
  CHECK_SILENT(peer);
  /* One ends, and there is room for one. */
  websocket_disconnect(opened[0]);
  int ws = websocket_register(socket, memory[0], sizeof memory[0]);
  CHECK(ws >= 0);
  CHECK_IS(websocket_unregister(ws), 0);
  for (size_t i = 1; i < contexts; i++) websocket_disconnect(opened[i]);
  for (size_t i = 0; i < contexts; i++) close(sockets[i]);
  close(peer);
  free(sockets);
  free(opened);
}

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

int main(int count, char **arguments) {
  no_descriptor();
  if (count > 1) no_context((size_t)atoi(arguments[1]));
  return 0;
}
