/* websocket_send_msg: what leaves, in either role, and every code that it fails with. */
#include "session.h"

static const enum websocket_opcode TEXT = WEBSOCKET_OPCODE_DATA_TEXT, BINARY = WEBSOCKET_OPCODE_DATA_BINARY;

/* Lengths around the borders of the header's forms. */
static void lengths(struct session *session, bool mask) {
  static const size_t sizes[] = {0, 1, 124, 125, 126, 127, 65535, 65536, 100000};
  uint8_t *payload = (uint8_t *)malloc(100000), *copy = (uint8_t *)malloc(100000);
  for (size_t i = 0; i < 100000; i++) payload[i] = (uint8_t)(i * 31 >> 3);
  memcpy(copy, payload, 100000);
  for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
    size_t size = sizes[i];
    CHECK_IS(websocket_send_msg(session->ws, payload, size, BINARY, mask, true, 20000), size);
    struct wire_frame frame = read_frame(session->peer);
    CHECK_IS(frame.first, 0x82);
    CHECK_IS(frame.masked, mask);
    CHECK_IS(frame.length, size);
    CHECK_IS(frame.header_length, (size < 126 ? 2 : size < 65536 ? 4 : 10) + (mask ? 4 : 0));
    CHECK(memcmp(frame.payload, payload, size) == 0);
    free(frame.payload);
  }
  CHECK(memcmp(copy, payload, 100000) == 0);
  free(payload);
  free(copy);
}

/* Opcode, mask and final are on the wire as they were given. */
static void as_given(struct session *session) {
  for (int mask = 0; mask <= 1; mask++) {
    CHECK_IS(websocket_send_msg(session->ws, (const uint8_t *)"one", 3, TEXT, mask, false, 1000), 3);
    CHECK_FRAME(session->peer, 0x01, mask, "one", 3);
    CHECK_IS(websocket_send_msg(session->ws, (const uint8_t *)"p", 1, WEBSOCKET_OPCODE_PING, mask, true, 1000), 1);
    CHECK_FRAME(session->peer, 0x89, mask, "p", 1);
    CHECK_IS(websocket_send_msg(session->ws, NULL, 0, WEBSOCKET_OPCODE_CONTINUE, mask, false, SYS_FOREVER_MS), 0);
    CHECK_FRAME(session->peer, 0x00, mask, "", 0);
    CHECK_IS(websocket_send_msg(session->ws, NULL, 0, WEBSOCKET_OPCODE_PONG, mask, true, 0), 0);
    CHECK_FRAME(session->peer, 0x8A, mask, "", 0);
    CHECK_IS(websocket_send_msg(session->ws, (const uint8_t *)"two", 3, WEBSOCKET_OPCODE_CONTINUE, mask, true, -7), 3);
    CHECK_FRAME(session->peer, 0x80, mask, "two", 3);
  }
}

/* What no peer would take is not sent, and the connection goes on. */
static void refused(struct session *session) {
  static const uint8_t bytes[200] = "x";
  int ws = session->ws;
  static const int opcodes[] = {3, 7, 11, 15, 16, 0x11, 0x101, -1};
  for (size_t i = 0; i < sizeof opcodes / sizeof *opcodes; i++) {
    CHECK_IS(websocket_send_msg(ws, bytes, 1, (enum websocket_opcode)opcodes[i], true, true, 0), -EINVAL);
  }
  CHECK_IS(websocket_send_msg(ws, NULL, 1, BINARY, true, true, 0), -EINVAL);
  CHECK_IS(websocket_send_msg(ws, bytes, (size_t)1 << 31, BINARY, true, true, 0), -EINVAL);
  CHECK_IS(websocket_send_msg(ws, bytes, (size_t)-1, BINARY, true, true, 0), -EINVAL);
  CHECK_IS(websocket_send_msg(ws, bytes, 126, WEBSOCKET_OPCODE_PING, true, true, 0), -EINVAL);
  CHECK_IS(websocket_send_msg(ws, bytes, 1, WEBSOCKET_OPCODE_PING, true, false, 0), -EINVAL);
  CHECK_IS(websocket_send_msg(ws, bytes, 1, WEBSOCKET_OPCODE_CONTINUE, true, true, 0), -EINVAL);
  CHECK_IS(websocket_send_msg(ws, (const uint8_t *)"\xff", 1, TEXT, true, true, 0), -EINVAL);
  CHECK_IS(websocket_send_msg(ws, (const uint8_t *)"\x03", 1, WEBSOCKET_OPCODE_CLOSE, true, true, 0), -EINVAL);
  CHECK_SILENT(session->peer);
  CHECK_IS(websocket_send_msg(ws, bytes, 125, WEBSOCKET_OPCODE_PING, true, true, 0), 125);
  CHECK_FRAME(session->peer, 0x89, true, bytes, 125);
}

static void not_a_websocket(struct session *session) {
  CHECK_IS(websocket_send_msg(-1, NULL, 0, TEXT, true, true, 0), -EBADF);
  CHECK_IS(websocket_send_msg(1023, NULL, 0, TEXT, true, true, 0), -EBADF);
  CHECK_IS(websocket_send_msg(session->socket, NULL, 0, TEXT, true, true, 0), -ENOENT);
}

/* The peer does not read: nothing of a frame can leave, part of one, and then none any more. */
static void full(void) {
  struct session session;
  open_client_to_fill(&session);
  static uint8_t payload[1 << 20];
  /* Fill the kernel's buffers to the last byte, below the WebSocket. */
  ssize_t sent, total = 0;
  while ((sent = send(session.socket, payload, 1000, MSG_DONTWAIT)) > 0) total += sent;
  CHECK(total > 0);
  while (send(session.socket, payload, 1, MSG_DONTWAIT) > 0) total++;
  CHECK_IS(websocket_send_msg(session.ws, payload, 10, BINARY, true, true, 0), -EAGAIN);
  CHECK_IS(websocket_send_msg(session.ws, payload, 10, BINARY, true, true, 50), -ETIMEDOUT);
  CHECK_FAILS(zsock_send(session.ws, "x", 1, ZSOCK_MSG_DONTWAIT), EAGAIN);
  /* Room again: the WebSocket goes on, as nothing of the frames left. */
  uint8_t *drained = (uint8_t *)malloc((size_t)total);
  read_all(session.peer, drained, (size_t)total);
  free(drained);
  CHECK_IS(websocket_send_msg(session.ws, (const uint8_t *)"ok", 2, BINARY, true, true, 20000), 2);
  CHECK_FRAME(session.peer, 0x82, true, "ok", 2);
  /* Without waiting a frame is taken whole, or not at all: the rest of this one leaves when there is room. */
  CHECK_IS(websocket_send_msg(session.ws, payload, sizeof payload, BINARY, true, true, 0), sizeof payload);
  CHECK_IS(websocket_send_msg(session.ws, payload, 1, BINARY, true, true, 0), -EAGAIN);
  CHECK_IS(websocket_send_msg(session.ws, payload, 1, BINARY, true, true, 50), -ETIMEDOUT);
  static uint8_t frame[14 + sizeof payload];
  for (size_t got = 0; got < sizeof frame;) {
    ssize_t count = recv(session.peer, frame + got, sizeof frame - got, MSG_DONTWAIT);
    if (count > 0) got += (size_t)count;
    uint32_t type;
    uint64_t remaining;
    uint8_t byte;
    CHECK_IS(websocket_recv_msg(session.ws, &byte, 1, &type, &remaining, 0), -EAGAIN);
  }
  CHECK_IS(frame[0], 0x82);
  CHECK_IS(websocket_send_msg(session.ws, payload, sizeof payload, BINARY, true, true, 200), -ECONNABORTED);
  CHECK_IS(websocket_send_msg(session.ws, payload, 1, BINARY, true, true, 200), -ENOTCONN);
  end(&session);
}

static void ended(void) {
  struct session session;
  open_client(&session);
  CHECK_IS(websocket_send_msg(session.ws, (const uint8_t *)"\x03\xe8", 2, WEBSOCKET_OPCODE_CLOSE, true, true, 1000), 2);
  CHECK_FRAME(session.peer, 0x88, true, "\x03\xe8", 2);
  CHECK_IS(websocket_send_msg(session.ws, NULL, 0, TEXT, true, true, 1000), -EINVAL);
  send_frame(session.peer, 0x88, false, "\x03\xe8", 2);
  uint8_t body[8];
  CHECK_IS(websocket_recv_msg(session.ws, body, sizeof body, NULL, NULL, 20000), 2);
  CHECK_IS(websocket_send_msg(session.ws, NULL, 0, TEXT, true, true, 1000), -ENOTCONN);
  /* Disconnecting sends no second one. */
  CHECK_IS(websocket_disconnect(session.ws), 0);
  CHECK_SILENT(session.peer);
  CHECK_IS(websocket_send_msg(session.ws, NULL, 0, TEXT, true, true, 0), -EBADF);
  close(session.socket);
  close(session.peer);
}

/* The peer's end is gone: the socket's own error, and the process lives. */
static void lost(void) {
  struct session session;
  open_client(&session);
  struct linger hard = {1, 0};
  setsockopt(session.peer, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
  close(session.peer);
  int code = 1;
  while (code > 0) code = websocket_send_msg(session.ws, (const uint8_t *)"x", 1, TEXT, true, true, 1000);
  CHECK(code == -ECONNRESET || code == -EPIPE);
  CHECK_IS(websocket_send_msg(session.ws, (const uint8_t *)"x", 1, TEXT, true, true, 1000), -ENOTCONN);
  CHECK_IS(websocket_disconnect(session.ws), 0);
  close(session.socket);
}

int main(void) {
  struct session client, server;
  open_client(&client);
  open_server(&server);
  lengths(&client, true);
  lengths(&server, false);
  as_given(&client);
  as_given(&server);
  refused(&client);
  not_a_websocket(&client);
  end(&client);
  end(&server);
  full();
  ended();
  lost();
  return 0;
}
