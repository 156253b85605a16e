/* A peer of TLS 1.3 that floods with what is nobody's payload: KeyUpdate, with and without an answer, and session tickets.
   Every call comes back by its deadline.

   tls_flood CERTIFICATE KEY */
#include "peer.h"

/* Milliseconds: of each call, and how late it may be. */
enum { TIME = 700, LATENESS = 5000 };

enum unit { KEY_UPDATE, KEY_UPDATE_WITH_ANSWER, TICKET };
static const char *const unit_names[] = {"KeyUpdate", "KeyUpdate with an answer", "tickets"};

enum call { CONNECT, RECEIVE, RECEIVE_PLAIN, RECEIVE_TLS, POLL, SEND, DISCONNECT };
static const char *const call_names[] = {
  "websocket_connect", "websocket_recv_msg", "zsock_recv, SO_RCVTIMEO", "zsock_recv on TLS, SO_RCVTIMEO", "zsock_poll",
  "websocket_send_msg", "websocket_disconnect"};

struct flooding_server {
  int listener;
  SSL_CTX *context;
  enum unit unit;
  enum call call;
};

static bool send_unit(SSL *tls, enum unit unit) {
  if (unit == TICKET) {
    if (SSL_new_session_ticket(tls) != 1) return false;
  } else {
    SSL_key_update(tls, unit == KEY_UPDATE ? SSL_KEY_UPDATE_NOT_REQUESTED : SSL_KEY_UPDATE_REQUESTED);
  }
  return SSL_do_handshake(tls) == 1;
}

static void *flood(void *argument) {
  struct flooding_server *server = (struct flooding_server *)argument;
  struct peer peer;
  CHECK(peer_accept(&peer, server->listener, server->context));
  uint8_t byte;
  if (server->call == CONNECT) {
    CHECK(peer_read(&peer, &byte));
  } else if (server->call != RECEIVE_TLS) {
    CHECK(peer_upgrade(&peer, NULL));
  }
  /* It has to end if the client no longer reads. */
  struct timeval limit = {2, 0};
  CHECK_IS(setsockopt(peer.socket, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit), 0);
  double end = seconds() + 8;
  while (seconds() < end && send_unit(peer.tls, server->unit)) {
  }
  peer_close(&peer);
  return NULL;
}

static int lateness(void) {
  const char *text = getenv("WESTWIND_LATENESS");
  return text ? atoi(text) : LATENESS;
}

static void set_time(int descriptor) {
  struct timeval time = {TIME / 1000, TIME % 1000 * 1000};
  CHECK_IS(zsock_setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &time, sizeof time), 0);
}

static void run(SSL_CTX *context, enum unit unit, enum call call) {
  struct sockaddr_in address;
  struct flooding_server server = {loopback_listener(&address), context, unit, call};
  pthread_t thread;
  CHECK_IS(pthread_create(&thread, NULL, flood, &server), 0);
  int tls = zsock_socket(AF_INET, SOCK_STREAM, IPPROTO_TLS_1_2), none = TLS_PEER_VERIFY_NONE;
  CHECK_IS(zsock_setsockopt(tls, SOL_TLS, TLS_PEER_VERIFY, &none, sizeof none), 0);
  CHECK_IS(zsock_connect(tls, (struct sockaddr *)&address, sizeof address), 0);

  static uint8_t memory[4096], bytes[1000];
  struct websocket_request request = plain_request(memory, sizeof memory);
  int ws = -1;
  if (call != CONNECT && call != RECEIVE_TLS) {
    ws = websocket_connect(tls, &request, PATIENCE * 1000, NULL);
    CHECK(ws >= 0);
  }
  if (call == RECEIVE_PLAIN) set_time(ws);
  if (call == RECEIVE_TLS) set_time(tls);
  struct zsock_pollfd entry = {ws, ZSOCK_POLLIN, 0};
  int time = TIME;
  double begun = seconds();
  switch (call) {
  case CONNECT: CHECK(websocket_connect(tls, &request, TIME, NULL) < 0); break;
  case RECEIVE: CHECK_IS(websocket_recv_msg(ws, bytes, sizeof bytes, NULL, NULL, TIME), -EAGAIN); break;
  case RECEIVE_PLAIN: CHECK_FAILS(zsock_recv(ws, bytes, sizeof bytes, 0), EAGAIN); break;
  case RECEIVE_TLS: CHECK_FAILS(zsock_recv(tls, bytes, sizeof bytes, 0), EAGAIN); break;
  case POLL: CHECK_IS(zsock_poll(&entry, 1, TIME), 0); break;
  case SEND:
    pause_for(300);
    websocket_send_msg(ws, bytes, sizeof bytes, WEBSOCKET_OPCODE_DATA_BINARY, true, true, TIME);
    time += 300;
    break;
  case DISCONNECT:
    websocket_disconnect(ws);
    ws = -1;
    time = 0;
    break;
  }
  double late = seconds() - begun - time / 1e3;
  printf("%s, %s: %+.3f s\n", unit_names[unit], call_names[call], late);
  fflush(stdout);
  if (late > lateness() / 1e3) fail(__FILE__, __LINE__, "%s, %s: %.3f s late", unit_names[unit], call_names[call], late);
  if (ws >= 0) websocket_disconnect(ws);
  begun = seconds();
  zsock_close(tls);
  if (seconds() - begun > lateness() / 1e3) fail(__FILE__, __LINE__, "zsock_close took %.3f s", seconds() - begun);
  CHECK_IS(join_in_time(thread, NULL), 0);
  close(server.listener);
}

int main(int count, char **arguments) {
  CHECK_IS(count, 3);
  signal(SIGPIPE, SIG_IGN);
  alarm(8 * PATIENCE);
  SSL_CTX *context = peer_context(arguments[1], arguments[2], 1);
  for (int unit = KEY_UPDATE; unit <= TICKET; unit++)
    for (int call = CONNECT; call <= DISCONNECT; call++) run(context, (enum unit)unit, (enum call)call);
  SSL_CTX_free(context);
  return 0;
}
