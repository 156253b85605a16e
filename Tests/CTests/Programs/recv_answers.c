/* zsock_recv and its like pass over PING and CLOSE, which the program then cannot answer: they answer. websocket_recv_msg
 * delivers both, and answers neither. With a port as argument: a server there pings, and drops whoever does not answer. */
#include "session.h"

#include <time.h>

static char got[200];
static uint8_t frame[200];

/* A session of either role, and how its peer's frames look. */
struct pair {
  struct session session;
  bool is_server;
};

static void open_pair(struct pair *pair, bool is_server) {
  pair->is_server = is_server;
  if (is_server) {
    open_server(&pair->session);
  } else {
    open_client(&pair->session);
  }
}

static void peer_sends(struct pair *pair, int first, const void *payload, size_t length) {
  send_frame(pair->session.peer, first, pair->is_server, payload, length);
}

static void peer_gets(struct pair *pair, int first, const void *payload, size_t length) {
  CHECK_FRAME(pair->session.peer, first, !pair->is_server, payload, length);
}

static void ping_before_data(bool is_server) {
  struct pair pair;
  open_pair(&pair, is_server);
  peer_sends(&pair, 0x89, "one", 3);
  peer_sends(&pair, 0x89, "", 0);
  peer_sends(&pair, 0x82, "data", 4);
  CHECK_IS(zsock_recv(pair.session.ws, got, sizeof got, 0), 4);
  peer_gets(&pair, 0x8A, "one", 3);
  peer_gets(&pair, 0x8A, "", 0);
  /* Without waiting, by the list, and by a look that takes nothing. */
  peer_sends(&pair, 0x89, "two", 3);
  struct zsock_pollfd entry = {pair.session.ws, ZSOCK_POLLIN, 0};
  CHECK_IS(zsock_poll(&entry, 1, 20000), 1);
  CHECK_FAILS(zsock_recv(pair.session.ws, got, sizeof got, ZSOCK_MSG_DONTWAIT), EAGAIN);
  peer_gets(&pair, 0x8A, "two", 3);
  CHECK_IS(zsock_poll(&entry, 1, 0), 0);
  peer_sends(&pair, 0x89, "three", 5);
  peer_sends(&pair, 0x82, "data", 4);
  CHECK_IS(zsock_recv(pair.session.ws, got, sizeof got, ZSOCK_MSG_PEEK), 4);
  peer_gets(&pair, 0x8A, "three", 5);
  struct iovec part = {got, sizeof got};
  struct msghdr message;
  memset(&message, 0, sizeof message);
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  CHECK_IS(zsock_recvmsg(pair.session.ws, &message, 0), 4);
  CHECK_SILENT(pair.session.peer);
  /* A PONG wants no answer. */
  peer_sends(&pair, 0x8A, "four", 4);
  peer_sends(&pair, 0x82, "data", 4);
  CHECK_IS(zsock_recv(pair.session.ws, got, sizeof got, 0), 4);
  CHECK_SILENT(pair.session.peer);
  end(&pair.session);
}

/* RFC 6455 5.5.1: the answer has the code that came, if one may send it (7.4.1). */
static void close_is_answered(bool is_server, const char *body, size_t length, const char *answer, size_t answer_length) {
  struct pair pair;
  open_pair(&pair, is_server);
  peer_sends(&pair, 0x82, "data", 4);
  peer_sends(&pair, 0x88, body, length);
  CHECK_IS(zsock_recv(pair.session.ws, got, sizeof got, 0), 4);
  CHECK_IS(zsock_recv(pair.session.ws, got, sizeof got, ZSOCK_MSG_PEEK), 0);
  CHECK_SILENT(pair.session.peer);
  CHECK_IS(zsock_recv(pair.session.ws, got, sizeof got, 0), 0);
  peer_gets(&pair, 0x88, answer, answer_length);
  CHECK_IS(zsock_recv(pair.session.ws, got, sizeof got, 0), 0);
  CHECK_IS(websocket_disconnect(pair.session.ws), 0);
  CHECK_SILENT(pair.session.peer);
  close(pair.session.socket);
  close(pair.session.peer);
}

static void stays_manual(bool is_server) {
  struct pair pair;
  open_pair(&pair, is_server);
  uint32_t type;
  uint64_t remaining;
  peer_sends(&pair, 0x89, "ping", 4);
  CHECK_IS(websocket_recv_msg(pair.session.ws, frame, sizeof frame, &type, &remaining, 20000), 4);
  CHECK_IS(type, WEBSOCKET_FLAG_PING | WEBSOCKET_FLAG_FINAL);
  CHECK_SILENT(pair.session.peer);
  /* The program has a part of this one, and can answer: the rest is passed over. */
  peer_sends(&pair, 0x89, "ping", 4);
  CHECK_IS(websocket_recv_msg(pair.session.ws, frame, 1, &type, &remaining, 20000), 1);
  CHECK_IS(remaining, 3);
  peer_sends(&pair, 0x82, "data", 4);
  CHECK_IS(zsock_recv(pair.session.ws, got, sizeof got, 0), 4);
  CHECK_SILENT(pair.session.peer);
  peer_sends(&pair, 0x88, "\x03\xe8", 2);
  CHECK_IS(websocket_recv_msg(pair.session.ws, frame, sizeof frame, &type, &remaining, 20000), 2);
  CHECK_IS(zsock_recv(pair.session.ws, got, sizeof got, 0), 0);
  CHECK_SILENT(pair.session.peer);
  end(&pair.session);
}

static long long now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1000LL + time.tv_nsec / 1000000;
}

/* Stays connected to a server that pings, for some seconds. */
static void stays_with(const char *port) {
  struct sockaddr_in address;
  memset(&address, 0, sizeof address);
  address.sin_family = AF_INET;
  address.sin_port = htons((uint16_t)atoi(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  int below = zsock_socket(AF_INET, SOCK_STREAM, 0);
  CHECK_IS(zsock_connect(below, (struct sockaddr *)&address, sizeof address), 0);
  uint8_t memory[512];
  struct websocket_request request = plain_request(memory, sizeof memory);
  int ws = websocket_connect(below, &request, 30000, NULL);
  CHECK(ws >= 0);
  long long end = now() + 4000;
  while (now() < end) {
    struct zsock_pollfd entry = {ws, ZSOCK_POLLIN, 0};
    CHECK(zsock_poll(&entry, 1, 100) >= 0);
    if (entry.revents) CHECK_FAILS(zsock_recv(ws, got, sizeof got, ZSOCK_MSG_DONTWAIT), EAGAIN);
  }
  CHECK_IS(zsock_send(ws, "still here", 10, 0), 10);
  CHECK_IS(zsock_recv(ws, got, sizeof got, 0), 10);
  CHECK_IS(zsock_close(ws), 0);
  CHECK_IS(zsock_close(below), 0);
}

int main(int count, char **arguments) {
  if (count > 1) {
    stays_with(arguments[1]);
    return 0;
  }
  for (int is_server = 0; is_server < 2; is_server++) {
    ping_before_data(is_server);
    close_is_answered(is_server, "\x03\xe8 bye", 6, "\x03\xe8", 2);
    close_is_answered(is_server, "", 0, "", 0);
    close_is_answered(is_server, "\x03\xed", 2, "\x03\xea", 2); /* 1005 is never sent: 1002 */
    close_is_answered(is_server, "\x03", 1, "\x03\xea", 2);
    close_is_answered(is_server, "\x03\xe8\xff", 3, "\x03\xef", 2); /* not UTF-8: 1007 */
    stays_manual(is_server);
  }
  return 0;
}
