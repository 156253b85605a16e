/* Connects, sends binary frames, and shows what comes back.
 *
 *   cc websocket_client.c $(pkg-config --cflags --libs westwind) -o websocket_client
 *   ./websocket_client HOST PORT [COUNT]
 *
 * A server to try it with: websocketd --port=9001 --binary=true cat
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <westwind.h>

static int fail(const char *what, int code) {
  fprintf(stderr, "%s: %s\n", what, strerror(-code));
  return 1;
}

static int connect_tcp(const char *host, const char *port) {
  struct zsock_addrinfo hints, *list;
  memset(&hints, 0, sizeof hints);
  hints.ai_socktype = SOCK_STREAM;
  int code = zsock_getaddrinfo(host, port, &hints, &list), sock = -1;
  if (code != 0) {
    fprintf(stderr, "%s: %s\n", host, zsock_gai_strerror(code));
    return -1;
  }
  for (struct zsock_addrinfo *one = list; one && sock < 0; one = one->ai_next) {
    sock = zsock_socket(one->ai_family, SOCK_STREAM, IPPROTO_TCP);
    if (sock >= 0 && zsock_connect(sock, one->ai_addr, one->ai_addrlen) != 0) {
      perror("connecting");
      zsock_close(sock);
      sock = -1;
    }
  }
  zsock_freeaddrinfo(list);
  return sock;
}

int main(int argc, char **argv) {
  if (argc < 3) {
    fprintf(stderr, "usage: %s HOST PORT [COUNT]\n", argv[0]);
    return 2;
  }
  int sock = connect_tcp(argv[1], argv[2]);
  if (sock < 0) return 1;
  static uint8_t buffer[4096];
  char host[300];
  snprintf(host, sizeof host, strchr(argv[1], ':') ? "[%s]:%s" : "%s:%s", argv[1], argv[2]);
  struct websocket_request request;
  memset(&request, 0, sizeof request);
  request.host = host;
  request.url = "/";
  request.tmp_buf = buffer;
  request.tmp_buf_len = sizeof buffer;
  int ws = websocket_connect(sock, &request, 3000, NULL);
  if (ws < 0) return fail("websocket_connect", ws);
  int strict = 1; /* PING and CLOSE are answered */
  zsock_setsockopt(ws, SOL_WEBSOCKET, WEBSOCKET_STRICT, &strict, sizeof strict);

  int count = argc > 3 ? atoi(argv[3]) : 3;
  for (int i = 1; i <= count; i++) {
    uint8_t payload[64], echo[64];
    int length = snprintf((char *)payload, sizeof payload, "frame %d\n", i);
    int sent = websocket_send_msg(ws, payload, (size_t)length, WEBSOCKET_OPCODE_DATA_BINARY, true, true, 3000);
    if (sent < 0) return fail("websocket_send_msg", sent);
    uint32_t type;
    uint64_t remaining;
    int got = websocket_recv_msg(ws, echo, sizeof echo, &type, &remaining, 3000);
    if (got < 0) return fail("websocket_recv_msg", got);
    printf("sent %d bytes, received %d of type %#x, %d remaining: %.*s", sent, got, (unsigned)type, (int)remaining, got,
           (char *)echo);
  }
  websocket_disconnect(ws);
  zsock_close(sock);
  return 0;
}
