/* What Zephyr's own tests of the handshake assert (tests/net/socket/websocket, handshake.c), each by name. */
#include "session.h"

static int connect_to(void (*answer)(int, const char *, const void *)) {
  int socket, peer;
  tcp_pair(&socket, &peer);
  struct server server;
  server_start(&server, peer, answer, NULL);
  /* On the heap, where valgrind sees an access behind the end. */
  uint8_t *memory = (uint8_t *)malloc(256);
  struct websocket_request request = plain_request(memory, 256);
  int ws = websocket_connect(socket, &request, 20000, NULL);
  server_join(&server);
  if (ws >= 0) {
    CHECK_IS(websocket_disconnect(ws), 0);
    CHECK_FAILS(fcntl(ws, F_GETFD), EBADF);
  }
  CHECK(fcntl(socket, F_GETFD) != -1);
  close(socket);
  close(peer);
  free(memory);
  return ws;
}

static void answer_with(int socket, const char *value) {
  char text[256];
  snprintf(text, sizeof text, SWITCHING "Sec-WebSocket-Accept: %s\r\n\r\n", value);
  write_text(socket, text);
}

static void prefix(int socket, const char *accept, const void *context) {
  (void)context;
  char start[9];
  snprintf(start, sizeof start, "%.8s", accept);
  answer_with(socket, start);
}

static void empty(int socket, const char *accept, const void *context) {
  (void)accept, (void)context;
  answer_with(socket, "");
}

static void wrong(int socket, const char *accept, const void *context) {
  (void)context;
  char value[32];
  snprintf(value, sizeof value, "%.27s%c", accept, accept[27] == 'A' ? 'B' : 'A');
  answer_with(socket, value);
}

static void split(int socket, const char *accept, const void *context) {
  (void)context;
  char text[256];
  snprintf(text, sizeof text, SWITCHING "Sec-WebSocket-Accept: %.10s", accept);
  write_text(socket, text);
  struct timespec pause = {0, 50000000};
  nanosleep(&pause, NULL);
  snprintf(text, sizeof text, "%s\r\n\r\n", accept + 10);
  write_text(socket, text);
}

/* A wrong value that ends on the last byte of the 256 of tmp_buf, and more of the response behind it. */
static void wrong_at_the_end(int socket, const char *accept, const void *context) {
  (void)context;
  char text[512];
  int length = snprintf(text, sizeof text, SWITCHING "X-Padding: ");
  const int behind = (int)strlen("\r\nSec-WebSocket-Accept: ") + 28;
  while (length < 256 - behind) text[length++] = 'x';
  length += snprintf(text + length, sizeof text - (size_t)length, "\r\nSec-WebSocket-Accept: %.27s%c", accept,
                     accept[27] == 'A' ? 'B' : 'A');
  CHECK_IS(length, 256);
  snprintf(text + length, sizeof text - (size_t)length, "\r\nX-More: yes\r\n\r\n");
  write_text(socket, text);
}

int main(void) {
  CHECK(connect_to(agree) >= 0);
  CHECK_IS(connect_to(prefix), -ECONNABORTED);
  CHECK_IS(connect_to(empty), -ECONNABORTED);
  CHECK_IS(connect_to(wrong), -ECONNABORTED);
  CHECK(connect_to(split) >= 0);
  CHECK_IS(connect_to(wrong_at_the_end), -ECONNABORTED);
  /* After one that succeeded, one without a value is as wrong as before: nothing is remembered. */
  CHECK(connect_to(agree) >= 0);
  CHECK_IS(connect_to(empty), -ECONNABORTED);
  return 0;
}
