/* websocket_recv_msg: the table of what a call says, row by row, and every code that it fails with. */
#include "session.h"

static uint32_t type;
static uint64_t remaining;
static uint8_t buffer[4096];

/* Both numbers are as they were: the call said nothing. */
#define CHECK_UNTOUCHED(call, code) \
  do { \
    type = 0xAAAA; \
    remaining = 77; \
    CHECK_IS(call, code); \
    CHECK_IS(type, 0xAAAA); \
    CHECK_IS(remaining, 77); \
  } while (0)

static int recv_up_to(struct session *session, size_t size, int32_t timeout) {
  return websocket_recv_msg(session->ws, buffer, size, &type, &remaining, timeout);
}

static void rows(struct session *session) {
  const int first[] = {0x81, 0x82, 0x89, 0x8A};
  const uint32_t types[] = {WEBSOCKET_FLAG_TEXT, WEBSOCKET_FLAG_BINARY, WEBSOCKET_FLAG_PING, WEBSOCKET_FLAG_PONG};
  for (int i = 0; i < 4; i++) {
    /* The frame is complete. */
    send_frame(session->peer, first[i], false, "hello", 5);
    CHECK_IS(recv_up_to(session, sizeof buffer, 20000), 5);
    CHECK_IS(type, types[i] | WEBSOCKET_FLAG_FINAL);
    CHECK_IS(remaining, 0);
    CHECK(memcmp(buffer, "hello", 5) == 0);
    /* The buffer is full first; then it is filled exactly at the frame's end. */
    send_frame(session->peer, first[i], false, "hello", 5);
    CHECK_IS(recv_up_to(session, 2, 20000), 2);
    CHECK_IS(type, types[i] | WEBSOCKET_FLAG_FINAL);
    CHECK_IS(remaining, 3);
    CHECK_IS(recv_up_to(session, 3, 0), 3);
    CHECK_IS(type, types[i] | WEBSOCKET_FLAG_FINAL);
    CHECK_IS(remaining, 0);
    CHECK(memcmp(buffer, "llo", 3) == 0);
    /* An empty frame: once, and it is no end. */
    send_frame(session->peer, first[i], false, "", 0);
    remaining = 77;
    CHECK_IS(recv_up_to(session, sizeof buffer, 20000), 0);
    CHECK_IS(type, types[i] | WEBSOCKET_FLAG_FINAL);
    CHECK_IS(remaining, 0);
    CHECK_UNTOUCHED(recv_up_to(session, sizeof buffer, 0), -EAGAIN);
  }
}

/* The time is over with some payload: what there is, and both numbers. Zephyr leaves them unwritten. */
static void cut_short(struct session *session) {
  write_all(session->peer, "\x82\x05he", 4);
  CHECK_IS(recv_up_to(session, sizeof buffer, 200), 2);
  CHECK_IS(type, WEBSOCKET_FLAG_BINARY | WEBSOCKET_FLAG_FINAL);
  CHECK_IS(remaining, 3);
  CHECK_UNTOUCHED(recv_up_to(session, sizeof buffer, 0), -EAGAIN);
  write_all(session->peer, "llo", 3);
  CHECK_IS(recv_up_to(session, sizeof buffer, 20000), 3);
  CHECK_IS(remaining, 0);
  /* With nothing of a payload, or half a header: nothing is said, and nothing is lost. */
  write_all(session->peer, "\x82", 1);
  CHECK_UNTOUCHED(recv_up_to(session, sizeof buffer, 50), -EAGAIN);
  write_all(session->peer, "\x01", 1);
  CHECK_UNTOUCHED(recv_up_to(session, sizeof buffer, 0), -EAGAIN);
  CHECK_UNTOUCHED(recv_up_to(session, sizeof buffer, -5), -EAGAIN);
  write_all(session->peer, "x", 1);
  CHECK_IS(recv_up_to(session, sizeof buffer, SYS_FOREVER_MS), 1);
}

/* Fragments are not joined. Unlike in Zephyr each says of which message it is. */
static void fragments(struct session *session) {
  send_frame(session->peer, 0x01, false, "a", 1);
  send_frame(session->peer, 0x89, false, "!", 1);
  send_frame(session->peer, 0x00, false, "", 0);
  send_frame(session->peer, 0x80, false, "bc", 2);
  CHECK_IS(recv_up_to(session, sizeof buffer, 20000), 1);
  CHECK_IS(type, WEBSOCKET_FLAG_TEXT);
  CHECK_IS(recv_up_to(session, sizeof buffer, 20000), 1);
  CHECK_IS(type, WEBSOCKET_FLAG_PING | WEBSOCKET_FLAG_FINAL);
  CHECK_IS(recv_up_to(session, sizeof buffer, 20000), 0);
  CHECK_IS(type, WEBSOCKET_FLAG_TEXT | WEBSOCKET_FLAG_CONTINUATION);
  CHECK_IS(recv_up_to(session, sizeof buffer, 20000), 2);
  CHECK_IS(type, WEBSOCKET_FLAG_TEXT | WEBSOCKET_FLAG_CONTINUATION | WEBSOCKET_FLAG_FINAL);
}

static void arguments(struct session *session) {
  CHECK_UNTOUCHED(websocket_recv_msg(session->ws, NULL, 1, &type, &remaining, 0), -EINVAL);
  CHECK_UNTOUCHED(websocket_recv_msg(session->ws, buffer, 0, &type, &remaining, 0), -EINVAL);
  CHECK_UNTOUCHED(websocket_recv_msg(-1, buffer, 1, &type, &remaining, 0), -EBADF);
  CHECK_UNTOUCHED(websocket_recv_msg(1023, buffer, 1, &type, &remaining, 0), -EBADF);
  CHECK_UNTOUCHED(websocket_recv_msg(session->socket, buffer, 1, &type, &remaining, 0), -ENOENT);
  send_frame(session->peer, 0x81, false, "ok", 2);
  CHECK_IS(websocket_recv_msg(session->ws, buffer, sizeof buffer, NULL, NULL, 20000), 2);
}

/* The stream ends, with a whole frame before the end, in the middle of one, or by a reset. */
static void stream_ends(void) {
  struct session session;
  open_client(&session);
  send_frame(session.peer, 0x81, false, "bye", 3);
  shutdown(session.peer, SHUT_WR);
  CHECK_IS(recv_up_to(&session, sizeof buffer, 20000), 3);
  CHECK_UNTOUCHED(recv_up_to(&session, sizeof buffer, 20000), -ENOTCONN);
  CHECK_UNTOUCHED(recv_up_to(&session, sizeof buffer, 0), -ENOTCONN);
  end(&session);

  open_client(&session);
  write_all(session.peer, "\x81\x05he", 4);
  shutdown(session.peer, SHUT_WR);
  CHECK_IS(recv_up_to(&session, sizeof buffer, 20000), 2);
  CHECK_IS(remaining, 3);
  CHECK_UNTOUCHED(recv_up_to(&session, sizeof buffer, 20000), -ENOTCONN);
  end(&session);

  open_client(&session);
  struct linger hard = {1, 0};
  setsockopt(session.peer, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
  close(session.peer);
  CHECK_UNTOUCHED(recv_up_to(&session, sizeof buffer, 20000), -ECONNRESET);
  CHECK_UNTOUCHED(recv_up_to(&session, sizeof buffer, 0), -ENOTCONN);
  CHECK_IS(websocket_disconnect(session.ws), 0);
  close(session.socket);
}

/* CLOSE is delivered with its body and not answered; behind it comes nothing. */
static void close_frame(void) {
  struct session session;
  open_client(&session);
  send_frame(session.peer, 0x88, false, "\x03\xe8gone", 6);
  CHECK_IS(recv_up_to(&session, sizeof buffer, 20000), 6);
  CHECK_IS(type, WEBSOCKET_FLAG_CLOSE | WEBSOCKET_FLAG_FINAL);
  CHECK(memcmp(buffer, "\x03\xe8gone", 6) == 0);
  CHECK_SILENT(session.peer);
  CHECK_UNTOUCHED(recv_up_to(&session, sizeof buffer, 0), -ENOTCONN);
  /* The program answers. Any body is delivered, as in Zephyr. */
  CHECK_IS(websocket_send_msg(session.ws, buffer, 2, WEBSOCKET_OPCODE_CLOSE, true, true, 1000), 2);
  CHECK_FRAME(session.peer, 0x88, true, "\x03\xe8", 2);
  end(&session);
}

/* What Zephyr takes for something else: -EPROTO, and the peer is told why. */
static void violations(void) {
  static const struct {
    const char *bytes;
    size_t length;
    int code;
  } wrong[] = {
      {"\xC1\x00", 2, 1002}, {"\x83\x00", 2, 1002}, {"\x80\x00", 2, 1002}, {"\x09\x00", 2, 1002},
      {"\x89\x7E\x00\x7E", 4, 1002}, {"\x81\x80zzzz", 6, 1002}, {"\x82\x7E\x00\x01", 4, 1002},
      {"\x81\x01\xFF", 3, 1007},
  };
  for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
    struct session session;
    open_client(&session);
    write_all(session.peer, wrong[i].bytes, wrong[i].length);
    CHECK_UNTOUCHED(recv_up_to(&session, sizeof buffer, 20000), -EPROTO);
    CHECK_UNTOUCHED(recv_up_to(&session, sizeof buffer, 20000), -ENOTCONN);
    struct wire_frame frame = read_frame(session.peer);
    CHECK_IS(frame.first, 0x88);
    CHECK_IS(frame.payload[0] << 8 | frame.payload[1], wrong[i].code);
    free(frame.payload);
    end(&session);
  }
}

int main(void) {
  struct session session;
  open_client(&session);
  rows(&session);
  cut_short(&session);
  fragments(&session);
  arguments(&session);
  CHECK_IS(websocket_disconnect(session.ws), 0);
  CHECK_UNTOUCHED(recv_up_to(&session, sizeof buffer, 0), -EBADF);
  close(session.socket);
  close(session.peer);
  stream_ends();
  close_frame();
  violations();
  return 0;
}
