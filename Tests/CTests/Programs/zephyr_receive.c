/* What Zephyr's own tests of receiving assert (tests/net/socket/websocket), each by name. Its frames are masked, so the
 * WebSocket is a server's here; there it is fed by hand, here by a socket. */
#include "session.h"

static const char message[] = "test message";
enum { LENGTH = 12 };

static uint32_t type;
static uint64_t remaining;

static char lorem[1160];

static void fill_lorem(void) {
  static const char words[] = "Every morning the west wind carries what the boards have to say over the hill. ";
  for (size_t i = 0; i < sizeof lorem; i++) lorem[i] = words[i % (sizeof words - 1)];
}

/* recv_N_byte and recv_whole_msg: N bytes are fed before each call. As long as they are of the header, each call is -EAGAIN;
 * then each gives what has come, unmasked right over all calls. */
static void fed_by(size_t step) {
  struct session session;
  open_server(&session);
  uint8_t bytes[32], got[64];
  size_t total = put_frame(bytes, 0x81, true, message, LENGTH), header = total - LENGTH, count = 0;
  remaining = LENGTH;
  for (size_t fed = 0; fed < total;) {
    size_t now = step < total - fed ? step : total - fed;
    write_all(session.peer, bytes + fed, now);
    fed += now;
    int n = websocket_recv_msg(session.ws, got + count, sizeof got - count, &type, &remaining, fed > header ? 200 : 0);
    if (fed <= header) {
      CHECK_IS(n, -EAGAIN);
      continue;
    }
    CHECK_IS(n, fed - header - count);
    count += (size_t)n;
    CHECK(type & WEBSOCKET_FLAG_TEXT);
    CHECK_IS(remaining, LENGTH - count);
  }
  CHECK_IS(count, LENGTH);
  CHECK(memcmp(got, message, LENGTH) == 0);
  CHECK_IS(remaining, 0);
  end(&session);
}

/* The tests of before 2.0, of which the last is send_multi_msg: frames come a few bytes at a time, and go back whole. */
static void echoed_by(size_t step, int frames) {
  struct session session;
  open_server(&session);
  uint8_t bytes[32], got[7];
  size_t total = 0, count = 0;
  for (int i = 0; i < frames; i++) total += put_frame(bytes + total, 0x81, true, "Hello, ", 7);
  for (size_t fed = 0; frames > 0;) {
    size_t now = step < total - fed ? step : total - fed;
    if (now > 0) write_all(session.peer, bytes + fed, now);
    fed += now;
    /* When all is on its way, it is waited for. */
    int n = websocket_recv_msg(session.ws, got + count, sizeof got - count, &type, &remaining, fed < total ? 0 : 20000);
    if (n == -EAGAIN && fed < total) continue;
    CHECK(n > 0);
    count += (size_t)n;
    if (remaining > 0) continue;
    CHECK_IS(websocket_send_msg(session.ws, got, count, WEBSOCKET_OPCODE_DATA_TEXT, false, true, 1000), count);
    CHECK_FRAME(session.peer, 0x81, false, "Hello, ", 7);
    count = 0;
    frames--;
  }
  CHECK_IS(websocket_disconnect(session.ws), 0);
  CHECK_IS(zsock_close(session.socket), 0);
  close(session.peer);
}

/* recv_empty_ping */
static void empty_ping(void) {
  struct session session;
  open_client(&session);
  uint8_t got[8];
  write_all(session.peer, "\x89\x00", 2);
  CHECK_IS(websocket_recv_msg(session.ws, got, sizeof got, &type, &remaining, 20000), 0);
  CHECK(type & WEBSOCKET_FLAG_PING);
  end(&session);
}

/* recv_two_msg: a frame and half of the next one's header come at once. */
static void two_messages(void) {
  struct session session;
  open_server(&session);
  uint8_t bytes[64], got[64];
  size_t one = put_frame(bytes, 0x81, true, message, LENGTH);
  size_t both = one + put_frame(bytes + one, 0x81, true, message, LENGTH);
  write_all(session.peer, bytes, one + 3);
  CHECK_IS(websocket_recv_msg(session.ws, got, sizeof got, &type, &remaining, 20000), LENGTH);
  CHECK_IS(remaining, 0);
  CHECK(memcmp(got, message, LENGTH) == 0);
  CHECK_IS(websocket_recv_msg(session.ws, got, sizeof got, &type, &remaining, 0), -EAGAIN);
  write_all(session.peer, bytes + one + 3, both - one - 3);
  CHECK_IS(websocket_recv_msg(session.ws, got, sizeof got, &type, &remaining, 20000), LENGTH);
  CHECK_IS(remaining, 0);
  CHECK(memcmp(got, message, LENGTH) == 0);
  end(&session);
}

/* send_and_recv_lorem_ipsum, masked: what was sent is fed back, its header alone at first; it is read in pieces of 286 bytes. */
static void lorem_ipsum(void) {
  struct session sender, receiver;
  open_client(&sender);
  open_server(&receiver);
  CHECK_IS(websocket_send_msg(sender.ws, (const uint8_t *)lorem, sizeof lorem, WEBSOCKET_OPCODE_DATA_TEXT, true, true, 1000),
           sizeof lorem);
  uint8_t sent[sizeof lorem + 8], got[sizeof lorem];
  read_all(sender.peer, sent, sizeof sent);
  write_all(receiver.peer, sent, 8);
  remaining = 12345;
  CHECK_IS(websocket_recv_msg(receiver.ws, got, 286, &type, &remaining, 0), -EAGAIN);
  CHECK_IS(remaining, 12345);
  write_all(receiver.peer, sent + 8, sizeof lorem);
  size_t count = 0;
  while (remaining > 0) {
    size_t room = sizeof got - count < 286 ? sizeof got - count : 286;
    int n = websocket_recv_msg(receiver.ws, got + count, room, &type, &remaining, 20000);
    CHECK(n > 0);
    count += (size_t)n;
    CHECK_IS(remaining, sizeof got - count);
  }
  CHECK_IS(count, sizeof lorem);
  CHECK(memcmp(got, lorem, sizeof lorem) == 0);
  end(&sender);
  end(&receiver);
}

/* recv_two_large_split_msg: not masked, the body in two halves. */
static void split_message(void) {
  struct session sender, receiver;
  open_server(&sender);
  open_client(&receiver);
  CHECK_IS(websocket_send_msg(sender.ws, (const uint8_t *)lorem, sizeof lorem, WEBSOCKET_OPCODE_DATA_TEXT, false, true, 1000),
           sizeof lorem);
  uint8_t sent[sizeof lorem + 4], got[sizeof lorem];
  read_all(sender.peer, sent, sizeof sent);
  write_all(receiver.peer, sent, 4 + sizeof lorem / 2);
  CHECK_IS(websocket_recv_msg(receiver.ws, got, sizeof got, &type, &remaining, 300), sizeof lorem / 2);
  CHECK_IS(remaining, sizeof lorem / 2);
  write_all(receiver.peer, sent + 4 + sizeof lorem / 2, sizeof lorem / 2);
  CHECK_IS(websocket_recv_msg(receiver.ws, got + sizeof lorem / 2, sizeof lorem / 2, &type, &remaining, 20000), sizeof lorem / 2);
  CHECK_IS(remaining, 0);
  CHECK(memcmp(got, lorem, sizeof lorem) == 0);
  end(&sender);
  end(&receiver);
}

/* send_and_recv_empty_pong, which sends a ping */
static void empty_control(void) {
  struct session sender, receiver;
  open_client(&sender);
  open_server(&receiver);
  static const enum websocket_opcode opcodes[] = {WEBSOCKET_OPCODE_PING, WEBSOCKET_OPCODE_PONG};
  static const uint32_t flags[] = {WEBSOCKET_FLAG_PING, WEBSOCKET_FLAG_PONG};
  for (int i = 0; i < 2; i++) {
    CHECK_IS(websocket_send_msg(sender.ws, NULL, 0, opcodes[i], true, true, 1000), 0);
    uint8_t sent[6], got[8];
    read_all(sender.peer, sent, sizeof sent);
    write_all(receiver.peer, sent, sizeof sent);
    remaining = 1;
    CHECK_IS(websocket_recv_msg(receiver.ws, got, sizeof got, &type, &remaining, 20000), 0);
    CHECK_IS(type, flags[i] | WEBSOCKET_FLAG_FINAL);
    CHECK_IS(remaining, 0);
  }
  end(&sender);
  end(&receiver);
}

/* recv_in_small_buffer: 7 and then 5, the second without anything new from the socket. */
static void small_buffer(void) {
  struct session session;
  open_server(&session);
  uint8_t got[LENGTH];
  send_frame(session.peer, 0x81, true, message, LENGTH);
  CHECK_IS(websocket_recv_msg(session.ws, got, 7, &type, &remaining, 20000), 7);
  CHECK_IS(remaining, 5);
  struct zsock_pollfd entry = {session.ws, ZSOCK_POLLIN, 0};
  CHECK_IS(zsock_poll(&entry, 1, 0), 1);
  CHECK_IS(websocket_recv_msg(session.ws, got + 7, 7 < sizeof got - 7 ? 7 : sizeof got - 7, &type, &remaining, 0), 5);
  CHECK_IS(remaining, 0);
  CHECK(memcmp(got, message, LENGTH) == 0);
  CHECK_IS(zsock_poll(&entry, 1, 0), 0);
  end(&session);
}

static void all(void) {
  static const size_t steps[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 18};
  for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) fed_by(steps[i]);
  for (size_t step = 1; step <= 7; step++) echoed_by(step, 1);
  echoed_by(4, 2);
  empty_ping();
  two_messages();
  lorem_ipsum();
  split_message();
  empty_control();
  small_buffer();
}

int main(void) {
  fill_lorem();
  all();
  tcp_family = AF_INET6;
  all();
  return 0;
}
