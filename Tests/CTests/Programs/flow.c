/* The flow of Zephyr's sample (samples/net/sockets/websocket_client): flow ROUNDS PORT-OF-IPV4 PORT-OF-IPV6
 *
 * One WebSocket a family to an echo server. In each round text of a length at random goes out over both, by
 * websocket_send_msg and by send in turn, and comes back by the call of the same kind: without waiting, and again after a
 * pause as long as it is -EAGAIN, until `remaining` is 0; or by recv until all is there. */
#define CONFIG_NET_SOCKETS_POSIX_NAMES 1
#include "check.h"

#include <time.h>
#include <zephyr/net/net_ip.h>
#include <zephyr/net/socket.h>
#include <zephyr/net/websocket.h>

enum { LENGTH = 1160 };

static char text[LENGTH];
static uint8_t memory[2][LENGTH + 30];

struct connection {
  int socket, ws;
  const char *family;
  char got[LENGTH];
};

static int connected(int ws_sock, struct http_request *req, void *user_data) {
  CHECK_IS(req->internal.response.http_status_code, 101);
  CHECK(ws_sock >= 0 && user_data != NULL);
  return 0;
}

static void open_connection(struct connection *connection, int family, int port) {
  struct sockaddr_storage address;
  memset(&address, 0, sizeof address);
  struct sockaddr *any = (struct sockaddr *)&address;
  socklen_t length;
  if (family == AF_INET) {
    length = sizeof(struct sockaddr_in);
    net_sin(any)->sin_family = AF_INET;
    net_sin(any)->sin_port = htons((uint16_t)port);
    CHECK_IS(inet_pton(AF_INET, "127.0.0.1", &net_sin(any)->sin_addr), 1);
  } else {
    length = sizeof(struct sockaddr_in6);
    net_sin6(any)->sin6_family = AF_INET6;
    net_sin6(any)->sin6_port = htons((uint16_t)port);
    CHECK_IS(inet_pton(AF_INET6, "::1", &net_sin6(any)->sin6_addr), 1);
  }
  connection->family = family == AF_INET ? "IPv4" : "IPv6";
  connection->socket = socket(family, SOCK_STREAM, IPPROTO_TCP);
  CHECK(connection->socket >= 0);
  CHECK_IS(connect(connection->socket, any, length), 0);

  const char *headers[] = {"Origin: http://foobar\r\n", NULL};
  struct websocket_request request;
  memset(&request, 0, sizeof request);
  request.host = family == AF_INET ? "127.0.0.1" : "[::1]";
  request.url = "/";
  request.optional_headers = headers;
  request.cb = connected;
  request.tmp_buf = memory[family == AF_INET6];
  request.tmp_buf_len = sizeof memory[0];
  connection->ws = websocket_connect(connection->socket, &request, 20000, (void *)connection->family);
  CHECK(connection->ws >= 0);
}

static void pause_a_little(void) {
  struct timespec pause = {0, 200000};
  nanosleep(&pause, NULL);
}

static void receive_with_ws_api(struct connection *connection, size_t amount) {
  uint64_t remaining = UINT64_MAX;
  size_t count = 0;
  while (remaining > 0) {
    uint32_t type;
    int n = websocket_recv_msg(connection->ws, (uint8_t *)connection->got + count, LENGTH - count, &type, &remaining, 0);
    if (n == -EAGAIN) {
      pause_a_little();
      continue;
    }
    CHECK(n > 0);
    CHECK_IS(type, WEBSOCKET_FLAG_TEXT | WEBSOCKET_FLAG_FINAL);
    count += (size_t)n;
  }
  CHECK_IS(count, amount);
}

static void receive_with_bsd_api(struct connection *connection, size_t amount) {
  for (size_t count = 0; count < amount;) {
    ssize_t n = recv(connection->ws, connection->got + count, LENGTH - count, 0);
    CHECK(n > 0);
    count += (size_t)n;
  }
}

static void exchange(struct connection *connection, size_t amount, int round) {
  char sent[LENGTH];
  memcpy(sent, text, amount);
  sent[amount - 1] = '\n';
  if (round % 2) {
    CHECK_IS(websocket_send_msg(connection->ws, (const uint8_t *)sent, amount, WEBSOCKET_OPCODE_DATA_TEXT, true, true,
                                SYS_FOREVER_MS), amount);
    receive_with_ws_api(connection, amount);
  } else {
    CHECK_IS(send(connection->ws, sent, amount, 0), amount);
    receive_with_bsd_api(connection, amount);
  }
  CHECK(memcmp(connection->got, sent, amount) == 0);
}

int main(int count, char **arguments) {
  CHECK_IS(count, 4);
  for (int i = 0; i < LENGTH; i++) text[i] = (char)('a' + i * 7 % 26);
  static struct connection ipv4, ipv6;
  open_connection(&ipv4, AF_INET, atoi(arguments[2]));
  open_connection(&ipv6, AF_INET6, atoi(arguments[3]));
  int rounds = atoi(arguments[1]);
  srand(1);
  for (int round = 0; round < rounds; round++) {
    size_t amount = (size_t)(rand() % (LENGTH - 1)) + 2;
    exchange(&ipv4, amount, round);
    exchange(&ipv6, amount, round);
  }
  CHECK_IS(close(ipv4.ws), 0);
  CHECK_IS(close(ipv6.ws), 0);
  CHECK_IS(close(ipv4.socket), 0);
  CHECK_IS(close(ipv6.socket), 0);
  printf("%d rounds\n", rounds);
  return 0;
}
