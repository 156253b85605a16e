/* Control frames: all are the program's at first, as in Zephyr; the options of SOL_WEBSOCKET change that. */
#include "session.h"

static uint8_t got[200];
static uint32_t type;

static int option(struct session *session, int name) {
  int value = -1;
  socklen_t length = sizeof value;
  CHECK_IS(zsock_getsockopt(session->ws, SOL_WEBSOCKET, name, &value, &length), 0);
  CHECK_IS(length, sizeof value);
  return value;
}

static int set(struct session *session, int name, int value) {
  return zsock_setsockopt(session->ws, SOL_WEBSOCKET, name, &value, sizeof value);
}

static int next(struct session *session, int32_t timeout) {
  return websocket_recv_msg(session->ws, got, sizeof got, &type, NULL, timeout);
}

/* PING, PONG and CLOSE are delivered, and nothing is answered. */
static void by_hand(void) {
  struct session session;
  open_client(&session);
  CHECK_IS(option(&session, WEBSOCKET_AUTOMATIC), 0);
  CHECK_IS(option(&session, WEBSOCKET_STRICT), 0);
  CHECK_IS(option(&session, WEBSOCKET_SEND_OPCODE), WEBSOCKET_OPCODE_DATA_TEXT);
  send_frame(session.peer, 0x89, false, "are you there?", 14);
  CHECK_IS(next(&session, 20000), 14);
  CHECK_IS(type, WEBSOCKET_FLAG_PING | WEBSOCKET_FLAG_FINAL);
  CHECK_SILENT(session.peer);
  CHECK_IS(websocket_send_msg(session.ws, got, 14, WEBSOCKET_OPCODE_PONG, true, true, 1000), 14);
  CHECK_FRAME(session.peer, 0x8A, true, "are you there?", 14);
  send_frame(session.peer, 0x8A, false, "yes", 3);
  CHECK_IS(next(&session, 20000), 3);
  CHECK_IS(type, WEBSOCKET_FLAG_PONG | WEBSOCKET_FLAG_FINAL);
  /* The plain calls give data only, whatever comes between, and so answer it themselves. */
  send_frame(session.peer, 0x89, false, "ping", 4);
  send_frame(session.peer, 0x81, false, "", 0);
  send_frame(session.peer, 0x81, false, "data", 4);
  send_frame(session.peer, 0x88, false, "\x03\xe8", 2);
  CHECK_IS(zsock_recv(session.ws, got, sizeof got, 0), 4);
  CHECK(memcmp(got, "data", 4) == 0);
  CHECK_IS(zsock_recv(session.ws, got, sizeof got, 0), 0);
  CHECK_IS(zsock_recv(session.ws, got, sizeof got, 0), 0);
  CHECK_FRAME(session.peer, 0x8A, true, "ping", 4);
  CHECK_FRAME(session.peer, 0x88, true, "\x03\xe8", 2);
  CHECK_SILENT(session.peer);
  end(&session);
}

static void automatic(int name) {
  struct session session;
  open_client(&session);
  CHECK_IS(set(&session, name, 1), 0);
  CHECK_IS(option(&session, name), 1);
  CHECK_IS(option(&session, WEBSOCKET_AUTOMATIC), 1);
  CHECK_IS(option(&session, WEBSOCKET_STRICT), name == WEBSOCKET_STRICT);
  send_frame(session.peer, 0x89, false, "p", 1);
  send_frame(session.peer, 0x8A, false, "q", 1);
  send_frame(session.peer, 0x81, false, "data", 4);
  CHECK_IS(next(&session, 20000), 4);
  CHECK_IS(type, WEBSOCKET_FLAG_TEXT | WEBSOCKET_FLAG_FINAL);
  CHECK_FRAME(session.peer, 0x8A, true, "p", 1);
  /* Only the strict one looks at the mask. */
  int unmasked = websocket_send_msg(session.ws, got, 4, WEBSOCKET_OPCODE_DATA_TEXT, false, true, 1000);
  CHECK_IS(unmasked, name == WEBSOCKET_STRICT ? -EINVAL : 4);
  if (unmasked == 4) CHECK_FRAME(session.peer, 0x81, false, "data", 4);
  CHECK_IS(websocket_send_msg(session.ws, got, 4, WEBSOCKET_OPCODE_DATA_TEXT, true, true, 1000), 4);
  CHECK_FRAME(session.peer, 0x81, true, "data", 4);
  send_frame(session.peer, 0x88, false, "\x03\xe9", 2);
  CHECK_IS(next(&session, 20000), 2);
  CHECK_IS(type, WEBSOCKET_FLAG_CLOSE | WEBSOCKET_FLAG_FINAL);
  CHECK_FRAME(session.peer, 0x88, true, "\x03\xe9", 2);
  end(&session);
}

/* And back to Zephyr's way. */
static void off_again(void) {
  struct session session;
  open_server(&session);
  CHECK_IS(set(&session, WEBSOCKET_STRICT, 1), 0);
  CHECK_IS(websocket_send_msg(session.ws, NULL, 0, WEBSOCKET_OPCODE_PONG, true, true, 1000), -EINVAL);
  CHECK_IS(set(&session, WEBSOCKET_STRICT, 0), 0);
  CHECK_IS(option(&session, WEBSOCKET_AUTOMATIC), 0);
  CHECK_IS(websocket_send_msg(session.ws, NULL, 0, WEBSOCKET_OPCODE_PONG, true, true, 1000), 0);
  CHECK_FRAME(session.peer, 0x8A, true, "", 0);
  send_frame(session.peer, 0x89, true, "", 0);
  CHECK_IS(next(&session, 20000), 0);
  CHECK_IS(type, WEBSOCKET_FLAG_PING | WEBSOCKET_FLAG_FINAL);
  end(&session);
}

static void send_opcode(void) {
  struct session session;
  open_client(&session);
  CHECK_FAILS(zsock_send(session.ws, "\xff", 1, 0), EINVAL);
  CHECK_IS(set(&session, WEBSOCKET_SEND_OPCODE, WEBSOCKET_OPCODE_DATA_BINARY), 0);
  CHECK_IS(option(&session, WEBSOCKET_SEND_OPCODE), WEBSOCKET_OPCODE_DATA_BINARY);
  CHECK_IS(zsock_send(session.ws, "\xff", 1, 0), 1);
  CHECK_FRAME(session.peer, 0x82, true, "\xff", 1);
  errno = 0;
  CHECK_FAILS(set(&session, WEBSOCKET_SEND_OPCODE, WEBSOCKET_OPCODE_PING), EINVAL);
  CHECK_FAILS(set(&session, 99, 1), ENOPROTOOPT);
  CHECK_FAILS(zsock_setsockopt(session.ws, SOL_WEBSOCKET, WEBSOCKET_STRICT, "x", 1), EINVAL);
  end(&session);
}

int main(void) {
  by_hand();
  automatic(WEBSOCKET_AUTOMATIC);
  automatic(WEBSOCKET_STRICT);
  off_again();
  send_opcode();
  return 0;
}
