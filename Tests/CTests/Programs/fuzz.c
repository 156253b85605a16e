/* Whole sessions through the C functions, made by a seed: fuzz SEED ROUNDS [FIRST]
 *
 * Each round is a connection in one role with options by chance. A peer on a thread sends a stream of frames in pieces, as it is
 * or with a few bytes changed, handshake included, while the program receives by every call there is, sends, and ends the
 * connection in one of the ways. Whatever comes: a call returns what its comment lists, in time; what peeking says is what
 * receiving gives; each byte of a stream that was not changed arrives once and in order; the peer gets frames that are right;
 * no descriptor is left over. A failure says the round: fuzz SEED 1 ROUND runs it again. */
#include "session.h"

#include <poll.h>
#include <time.h>

enum { LONGEST = 300000, PATIENCE_MS = 60000 };

static uint64_t chance_state;

/* SplitMix64. */
static uint64_t chance(void) {
  uint64_t z = chance_state += 0x9E3779B97F4A7C15;
  z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9;
  z = (z ^ z >> 27) * 0x94D049BB133111EB;
  return z ^ z >> 31;
}

static size_t below(size_t limit) { return (size_t)(chance() % limit); }
static bool one_in(size_t n) { return below(n) == 0; }

static int the_round;
#define FAIL(...) (fprintf(stderr, "round %d: ", the_round), fail(__FILE__, __LINE__, __VA_ARGS__))
#define REQUIRE(condition) \
  do { \
    if (!(condition)) FAIL("not so: %s", #condition); \
  } while (0)

/* ---- the peer ------------------------------------------------------------------------------------------------------- */

struct peer {
  int socket;
  bool is_client; /* the peer's role: it masks */
  bool compresses;
  bool is_changed;
  uint64_t seed;
  uint8_t *stream; /* behind the handshake */
  size_t length;
  uint8_t *got; /* all that the library has sent */
  size_t got_length;
  pthread_t thread;
};

#define REQUEST \
  "GET /chat HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" \
  "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"

/* Its own numbers: the program draws others meanwhile. */
static size_t draw(uint64_t *state, size_t limit) {
  *state = *state * 6364136223846793005u + 1442695040888963407u;
  return (size_t)((*state >> 33) % limit);
}

/* Changes a few bytes: all over the handshake, say, or of the stream. */
static void change(uint64_t *state, uint8_t *bytes, size_t length) {
  if (length == 0) return;
  for (size_t i = 1 + draw(state, 3); i > 0; i--) {
    uint8_t *byte = bytes + (draw(state, 2) ? draw(state, length) : draw(state, length < 40 ? length : 40));
    switch (draw(state, 3)) {
      case 0: *byte ^= (uint8_t)(1u << draw(state, 8)); break;
      case 1: *byte = (uint8_t)draw(state, 256); break;
      default: *byte = "\0\r\n\x7f\x80\xff :,"[draw(state, 9)]; break;
    }
  }
}

static void *peer_run(void *argument) {
  struct peer *peer = (struct peer *)argument;
  uint64_t state = peer->seed;
  uint8_t *all = (uint8_t *)malloc(LONGEST + 4096);
  size_t length = 0, sent = 0, room = 1 << 20;
  bool has_head = peer->is_client, is_read_over = false;
  char head[4096] = "";
  if (peer->is_client) {
    length = (size_t)snprintf((char *)all, 4096, "%s%s\r\n", REQUEST,
                              peer->compresses ? "Sec-WebSocket-Extensions: permessage-deflate\r\n" : "");
  } else {
    /* The library's request, byte by byte: what follows it is frames. */
    size_t count = 0;
    while (!strstr(head, "\r\n\r\n") && count < sizeof head - 1 && recv(peer->socket, head + count, 1, 0) == 1)
      head[++count] = 0;
    has_head = strstr(head, "\r\n\r\n") != NULL;
    if (has_head) {
      char accept[32];
      accept_value(head, accept);
      length = (size_t)snprintf((char *)all, 4096, SWITCHING "Sec-WebSocket-Accept: %s\r\n%s\r\n", accept,
                                peer->compresses ? "Sec-WebSocket-Extensions: permessage-deflate\r\n" : "");
    }
  }
  if (has_head) {
    size_t handshake = length;
    memcpy(all + length, peer->stream, peer->length);
    length += peer->length;
    if (peer->is_changed) {
      if (draw(&state, 4) == 0) change(&state, all, handshake);
      else change(&state, all + handshake, peer->length);
    }
  }
  size_t longest = (size_t)1 << draw(&state, 17);
  peer->got = (uint8_t *)malloc(room);
  bool is_shut = false;
  while (!is_read_over) {
    struct pollfd entry = {peer->socket, (short)(POLLIN | (sent < length ? POLLOUT : 0)), 0};
    if (poll(&entry, 1, PATIENCE_MS) <= 0) FAIL("the peer waits for nothing");
    if (entry.revents & POLLOUT && sent < length) {
      size_t piece = 1 + draw(&state, longest);
      if (piece > length - sent) piece = length - sent;
      ssize_t n = send(peer->socket, all + sent, piece, MSG_DONTWAIT | MSG_NOSIGNAL);
      if (n > 0) sent += (size_t)n;
      else if (errno != EAGAIN) sent = length;
    }
    if (sent == length && !is_shut) {
      is_shut = true;
      shutdown(peer->socket, SHUT_WR);
    }
    if (entry.revents & (POLLIN | POLLHUP | POLLERR)) {
      ssize_t n = recv(peer->socket, peer->got + peer->got_length, room - peer->got_length, MSG_DONTWAIT);
      if (n > 0) peer->got_length += (size_t)n;
      else if (n == 0 || errno != EAGAIN) is_read_over = true;
      if (peer->got_length == room) FAIL("the library sends without end");
    }
  }
  free(all);
  return NULL;
}

/* What the library has sent are whole frames (the last may be cut), masked by its role, with what RFC 6455 5 allows. */
static void check_sent(const struct peer *peer) {
  const uint8_t *bytes = peer->got;
  size_t n = peer->got_length, at = 0;
  if (peer->is_client) {
    const uint8_t *end = (const uint8_t *)memmem(bytes, n, "\r\n\r\n", 4);
    if (n == 0) return;
    REQUIRE(end && memcmp(bytes, "HTTP/1.1 ", 9) == 0);
    at = (size_t)(end - bytes) + 4;
    if (memcmp(bytes, "HTTP/1.1 101 ", 13) != 0) return; /* it refused, perhaps with a body */
  }
  bool is_open = false, is_closed = false;
  while (at + 2 <= n) {
    int opcode = bytes[at] & 15;
    bool is_final = bytes[at] & 0x80;
    uint64_t length = bytes[at + 1] & 0x7F;
    REQUIRE((bytes[at + 1] & 0x80) == (peer->is_client ? 0 : 0x80));
    REQUIRE((bytes[at] & 0x30) == 0);
    REQUIRE(!(bytes[at] & 0x40) || (peer->compresses && (opcode == 1 || opcode == 2)));
    REQUIRE(opcode <= 2 || (opcode >= 8 && opcode <= 10 && is_final && length <= 125));
    REQUIRE(!is_closed);
    is_closed = opcode == 8;
    if (opcode < 8) {
      REQUIRE(is_open == (opcode == 0));
      is_open = !is_final;
    }
    size_t header = 2 + (length == 126 ? 2 : length == 127 ? 8 : 0);
    if (at + header > n) return;
    if (header > 2) {
      length = 0;
      for (size_t i = 2; i < header; i++) length = length << 8 | bytes[at + i];
    }
    at += header + (peer->is_client ? 0 : 4) + (size_t)length;
  }
}

/* ---- the stream ------------------------------------------------------------------------------------------------------ */

struct expected {
  uint8_t data[LONGEST]; /* the payload of all data frames, decompressed */
  size_t length;
  size_t whole; /* of messages that are complete: of the rest westwind_recv_message tells nothing */
};

static size_t some_length(void) {
  static const size_t edges[] = {0, 1, 2, 124, 125, 126, 127, 128, 1000, 4096, 65535, 65536};
  return one_in(3) ? edges[below(one_in(4) ? 12 : 10)] : below(300);
}

static void fill(uint8_t *bytes, size_t length) {
  for (size_t i = 0; i < length; i++) bytes[i] = (uint8_t)('a' + (i * 7 + length) % 26);
}

/* Frames of a peer that keeps the rules, ended by CLOSE or by nothing. */
static size_t make_stream(uint8_t *stream, bool is_masked, bool compresses, struct expected *expected) {
  static uint8_t payload[70000], packed[70100];
  size_t length = 0;
  bool is_open = false;
  expected->length = expected->whole = 0;
  for (size_t frames = below(25); frames > 0 && length < LONGEST - 80000 * 2; frames--) {
    if (one_in(4)) { /* PING, PONG */
      size_t n = below(126);
      fill(payload, n);
      length += put_frame(stream + length, one_in(2) ? 0x89 : 0x8A, is_masked, payload, n);
      continue;
    }
    size_t n = some_length();
    fill(payload, n);
    memcpy(expected->data + expected->length, payload, n);
    expected->length += n;
    bool is_final = !one_in(3);
    int first = (is_final ? 0x80 : 0) | (is_open ? 0 : one_in(2) ? 1 : 2);
    if (compresses && !is_open && is_final && n < 65000 && one_in(2)) {
      /* a stored block, and the empty one whose end is left out (RFC 7692 7.2.1) */
      packed[0] = 0;
      packed[1] = (uint8_t)n;
      packed[2] = (uint8_t)(n >> 8);
      packed[3] = (uint8_t)~n;
      packed[4] = (uint8_t)(~n >> 8);
      memcpy(packed + 5, payload, n);
      packed[5 + n] = 0;
      length += put_frame(stream + length, first | 0x40, is_masked, packed, n + 6);
    } else {
      length += put_frame(stream + length, first, is_masked, payload, n);
      is_open = !is_final;
    }
    if (is_final) expected->whole = expected->length;
  }
  if (one_in(2)) {
    size_t n = below(4) ? 2 + below(50) : 0;
    memcpy(payload, "\x03\xe8 so long, and thanks for all the fish of the sea.....", 54);
    length += put_frame(stream + length, 0x88, is_masked, payload, n);
  }
  return length;
}

/* ---- the program ----------------------------------------------------------------------------------------------------- */

struct program {
  int ws;
  bool is_client;
  bool is_changed;
  bool is_over;
  struct expected *expected;
  size_t received; /* data */
  bool is_joining; /* westwind_recv_message may have part of a message, which is for its next call */
};

static void take(struct program *program, const uint8_t *bytes, size_t count) {
  if (program->is_changed) return;
  REQUIRE(program->received + count <= program->expected->length);
  if (memcmp(bytes, program->expected->data + program->received, count) != 0)
    FAIL("other bytes at %zu of %zu", program->received, program->expected->length);
  program->received += count;
}

/* A call failed: with a number that its comment lists. What ends the connection ends it for good. */
static void note(struct program *program, int code) {
  switch (code) {
    case -EAGAIN: return;
    case -EPROTO: REQUIRE(program->is_changed); break;
    case -EMSGSIZE: case -ENOTCONN: case -ECONNRESET: case -EPIPE: break;
    default: FAIL("a receiving call returns %d", code);
  }
  program->is_over = true;
}

static bool is_one_kind(uint32_t type) {
  uint32_t kind = type & (WEBSOCKET_FLAG_TEXT | WEBSOCKET_FLAG_BINARY | WEBSOCKET_FLAG_CLOSE | WEBSOCKET_FLAG_PING |
                          WEBSOCKET_FLAG_PONG);
  return kind && (kind & (kind - 1)) == 0 && !(type & ~(uint32_t)0x7F);
}

static bool is_data(uint32_t type) { return type & (WEBSOCKET_FLAG_TEXT | WEBSOCKET_FLAG_BINARY); }

static void receive(struct program *program) {
  static uint8_t bytes[LONGEST];
  size_t room = one_in(3) ? 1 + below(10) : one_in(2) ? 1 + below(2000) : sizeof bytes;
  int timeout = one_in(5) ? 0 : PATIENCE_MS;
  uint32_t type = 0, peeked_type = 0;
  uint64_t remaining = 0, peeked = 0;
  switch (program->is_joining ? 2 : below(5)) {
    case 0:
    case 1: {
      int code = one_in(2) ? westwind_peek_msg(program->ws, &peeked_type, &peeked, timeout) : 1;
      if (code < 0) {
        note(program, code);
        if (code != -EAGAIN) return;
      }
      int n = websocket_recv_msg(program->ws, bytes, room, &type, &remaining, code == 0 ? PATIENCE_MS : timeout);
      if (n < 0) {
        /* A header that was peeked at may be all that has come. */
        REQUIRE(code != 0 || n != -EAGAIN);
        return note(program, n);
      }
      REQUIRE((size_t)n <= room && is_one_kind(type));
      REQUIRE(code != 0 || (type == peeked_type && peeked == (uint64_t)n + remaining));
      if (is_data(type)) take(program, bytes, (size_t)n);
      return;
    }
    case 2: {
      int n = westwind_recv_message(program->ws, bytes, sizeof bytes, &type, timeout);
      program->is_joining = n < 0 || !is_data(type);
      if (n < 0) return note(program, n);
      REQUIRE(is_one_kind(type) && type & WEBSOCKET_FLAG_FINAL);
      if (is_data(type)) take(program, bytes, (size_t)n);
      return;
    }
    case 3: {
      ssize_t n = zsock_recv(program->ws, bytes, room, timeout ? 0 : ZSOCK_MSG_DONTWAIT);
      if (n < 0) return note(program, -errno);
      if (n == 0) program->is_over = true;
      return take(program, bytes, (size_t)n);
    }
    default: {
      struct zsock_pollfd entry = {program->ws, ZSOCK_POLLIN | ZSOCK_POLLOUT, 0};
      REQUIRE(zsock_poll(&entry, 1, PATIENCE_MS) == 1);
      REQUIRE(!(entry.revents & ZSOCK_POLLNVAL));
    }
  }
}

static void send_some(struct program *program) {
  static uint8_t bytes[3000];
  size_t n = one_in(10) ? below(sizeof bytes) : below(200);
  fill(bytes, n);
  int code = one_in(3) ? (int)zsock_send(program->ws, bytes, n, 0)
                       : websocket_send_msg(program->ws, bytes, n, (enum websocket_opcode)below(12), program->is_client,
                                            !one_in(4), one_in(3) ? 0 : PATIENCE_MS);
  if (code >= 0) return;
  if (code == -1) code = -errno;
  switch (code) {
    case -EINVAL: case -EAGAIN: case -ENOTCONN: case -ECONNRESET: case -EPIPE: return;
    default: FAIL("a sending call returns %d", code);
  }
}

static int judge(const struct westwind_request *request, struct westwind_refusal *refusal, void *user_data) {
  bool *is_changed = (bool *)user_data;
  REQUIRE(*is_changed || strcmp(request->path, "/chat") == 0);
  REQUIRE(strlen(request->target) >= 1);
  for (size_t i = 0; i < request->field_count; i++) {
    const struct westwind_field *field = &request->fields[i];
    REQUIRE(westwind_request_field(request, field->name) != NULL);
    westwind_refusal_add_field(refusal, field->name, field->value);
  }
  westwind_refusal_set_body(refusal, request->target);
  return *is_changed && strcmp(request->path, "/chat") != 0 ? 404 : 0;
}

static void one_round(uint64_t seed, int number) {
  static struct expected expected;
  static uint8_t stream[LONGEST + 80000], memory[4096];
  the_round = number;
  chance_state = seed * 1000003 + (uint64_t)number;
  int ends[2];
  CHECK_IS(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);

  struct westwind_compression compression;
  westwind_compression_init(&compression);
  struct westwind_options options;
  westwind_options_init(&options);
  options.manual_control_frames = one_in(2);
  options.any_mask = one_in(2);
  options.sends_binary = one_in(2);
  if (one_in(2)) options.receive_buffer_size = 64 + below(5000);
  if (one_in(2)) options.transmit_buffer_size = 256 + below(5000);
  if (one_in(4)) {
    options.receive_buffer = memory;
    options.receive_buffer_length = 64 + below(sizeof memory - 64);
  }
  bool compresses = one_in(3);
  if (compresses) {
    options.compression = &compression;
    compression.minimum_size = 1 + (int)below(100);
  }

  struct peer peer;
  memset(&peer, 0, sizeof peer);
  peer.socket = ends[1];
  peer.is_client = one_in(2);
  peer.compresses = compresses;
  peer.is_changed = one_in(2);
  peer.seed = chance();
  peer.stream = stream;
  peer.length = make_stream(stream, peer.is_client, compresses, &expected);
  if (peer.is_changed && one_in(2)) options.max_message_size = 1 + below(5000);
  CHECK_IS(pthread_create(&peer.thread, NULL, peer_run, &peer), 0);

  struct program program;
  memset(&program, 0, sizeof program);
  program.is_client = !peer.is_client;
  program.is_changed = peer.is_changed;
  program.expected = &expected;
  struct westwind_error error;
  if (peer.is_client) {
    struct westwind_upgrade_options upgrade;
    westwind_upgrade_options_init(&upgrade);
    upgrade.websocket = &options;
    upgrade.on_request = judge;
    upgrade.user_data = &peer.is_changed;
    program.ws = westwind_upgrade(ends[0], &upgrade, PATIENCE_MS, &error);
  } else {
    struct westwind_connect_options connect;
    westwind_connect_options_init(&connect);
    connect.websocket = &options;
    program.ws = westwind_connect(ends[0], "localhost", "/chat", &connect, PATIENCE_MS, &error);
  }
  if (program.ws < 0) {
    REQUIRE(peer.is_changed);
    REQUIRE(program.ws == -ECONNABORTED || program.ws == -ECONNRESET || program.ws == -EPIPE);
    REQUIRE(error.code == program.ws && error.phase == WESTWIND_PHASE_HANDSHAKE && error.text[0]);
  } else {
    REQUIRE(error.code == 0 && !error.text[0]);
    size_t calls = one_in(5) ? below(20) : SIZE_MAX;
    while (!program.is_over && calls-- > 0) {
      if (one_in(6)) send_some(&program);
      receive(&program);
    }
    /* The end of a stream that was not changed comes behind all of it. */
    if (program.is_over && !peer.is_changed) REQUIRE(program.received == expected.length || (program.is_joining && program.received >= expected.whole));
    if (program.is_over) {
      REQUIRE(websocket_recv_msg(program.ws, memory, 10, NULL, NULL, PATIENCE_MS) == -ENOTCONN);
      struct westwind_close status;
      REQUIRE(westwind_close_status(program.ws, &status) == 0);
    }
    switch (below(3)) {
      case 0: REQUIRE(websocket_unregister(program.ws) == 0); ends[0] = -1; break;
      case 1: REQUIRE(zsock_close(program.ws) == 0 || errno == ETIMEDOUT); break;
      default: {
        int code = westwind_disconnect(program.ws, 1000, "done", one_in(2) ? 0 : PATIENCE_MS, NULL);
        REQUIRE(code == 0 || code == -ETIMEDOUT);
      }
    }
  }
  if (ends[0] >= 0) close(ends[0]);
  CHECK_IS(pthread_join(peer.thread, NULL), 0);
  check_sent(&peer);
  free(peer.got);
  close(ends[1]);
}

int main(int count, char **arguments) {
  CHECK(count >= 3);
  uint64_t seed = strtoull(arguments[1], NULL, 10);
  int rounds = atoi(arguments[2]), first = count > 3 ? atoi(arguments[3]) : 0;
  /* The thread's own wake descriptor is made at its first wait. */
  one_round(seed, -1);
  int free_before = dup(0);
  close(free_before);
  for (int i = first; i < first + rounds; i++) {
    one_round(seed, i);
    int free_now = dup(0);
    close(free_now);
    if (free_now != free_before) FAIL("a descriptor is left over: %d and not %d", free_now, free_before);
  }
  REQUIRE(westwind_context_foreach((westwind_context_cb_t)NULL, NULL) == -EINVAL);
  printf("%d sessions\n", rounds);
  return 0;
}
