/* websocket_recv_msg beside a model of Zephyr's parser, as it is described (see zephyr_receive.c for what Zephyr's own tests
 * assert): random frames, cut anywhere, received into buffers of random lengths without waiting. Each round has its own seed, so
 * that one that fails can be run alone: zephyr_rounds FIRST_SEED ROUNDS.
 *
 * Where Westwind differs by design, the model says what Zephyr does and the comparison what is added: a fragment behind the first
 * has the message's kind and CONTINUATION, type and remaining are told on every return that is not negative, and a control frame
 * comes when all of it is there. Streams are those that RFC 6455 allows, since others end a connection here and do not in
 * Zephyr. */
#include "session.h"

static uint64_t generator;

/* SplitMix64. */
static uint64_t number(void) {
  uint64_t z = (generator += 0x9E3779B97F4A7C15u);
  z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
  z = (z ^ z >> 27) * 0x94D049BB133111EBu;
  return z ^ z >> 31;
}

static size_t below(size_t limit) { return (size_t)(number() % limit); }
static bool once_in(size_t times) { return below(times) == 0; }

/* Zephyr's states: the header's bytes one by one, then the payload. */
enum parser_state { OPCODE, LENGTH, EXTENDED, MASK, PAYLOAD };

struct model {
  enum parser_state state;
  const uint8_t *bytes; /* all that has been written */
  size_t next, count;
  uint32_t type;
  bool is_masked;
  uint64_t remaining;
  unsigned missing; /* bytes of the present part of the header */
  uint8_t key[4];
  uint64_t unmasked; /* bytes of payload that have been taken */
};

/* What a call gives. */
struct outcome {
  int result;
  uint32_t type;
  uint64_t remaining;
  uint8_t payload[512];
};

#define CONTROL (WEBSOCKET_FLAG_CLOSE | WEBSOCKET_FLAG_PING | WEBSOCKET_FLAG_PONG)

static uint32_t flags(uint8_t first) {
  static const uint32_t kinds[16] = {0, WEBSOCKET_FLAG_TEXT, WEBSOCKET_FLAG_BINARY, 0, 0, 0, 0, 0, WEBSOCKET_FLAG_CLOSE,
                                     WEBSOCKET_FLAG_PING, WEBSOCKET_FLAG_PONG};
  return kinds[first & 15] | (first & 0x80 ? WEBSOCKET_FLAG_FINAL : 0);
}

static void begin_payload(struct model *model) {
  model->unmasked = 0;
  model->state = PAYLOAD;
}

static void behind_length(struct model *model) {
  model->missing = 4;
  if (model->is_masked) {
    model->state = MASK;
  } else {
    begin_payload(model);
  }
}

/* Takes one byte of a header. */
static void take(struct model *model, uint8_t byte) {
  switch (model->state) {
    case OPCODE:
      model->type = flags(byte);
      model->state = LENGTH;
      break;
    case LENGTH:
      model->is_masked = (byte & 0x80) != 0;
      model->remaining = byte & 0x7F;
      if (model->remaining >= 126) {
        model->missing = model->remaining == 126 ? 2 : 8;
        model->remaining = 0;
        model->state = EXTENDED;
      } else {
        behind_length(model);
      }
      break;
    case EXTENDED:
      model->remaining = model->remaining << 8 | byte;
      if (--model->missing == 0) behind_length(model);
      break;
    case MASK:
      model->key[4 - model->missing] = byte;
      if (--model->missing == 0) begin_payload(model);
      break;
    case PAYLOAD: break;
  }
}

static struct outcome model_receive(struct model *model, size_t room) {
  struct outcome outcome = {-EAGAIN, 0, 0, {0}};
  size_t copied = 0;
  for (;;) {
    if (model->state == PAYLOAD && (model->remaining == 0 || copied == room)) {
      if (model->remaining == 0) model->state = OPCODE;
      outcome.result = (int)copied;
      break;
    }
    bool is_control = (model->type & CONTROL) != 0;
    bool is_awaited = model->state == PAYLOAD && is_control && model->unmasked == 0;
    if (model->next == model->count || (is_awaited && model->count - model->next < model->remaining)) {
      if (copied > 0) outcome.result = (int)copied;
      break;
    }
    uint8_t byte = model->bytes[model->next++];
    if (model->state != PAYLOAD) {
      take(model, byte);
      continue;
    }
    outcome.payload[copied++] = model->is_masked ? byte ^ model->key[model->unmasked % 4] : byte;
    model->unmasked++;
    model->remaining--;
  }
  outcome.type = model->type;
  outcome.remaining = model->remaining;
  return outcome;
}

/* A stream of frames that RFC 6455 allows. */
struct stream {
  uint8_t *bytes;
  size_t count, room;
  bool is_masked;
};

static size_t length_of_payload(void) {
  static const size_t edges[] = {0, 0, 1, 2, 124, 125, 126, 127, 128, 65534, 65535, 65536, 65537};
  if (once_in(3)) return edges[below(once_in(20) ? 13 : 9)];
  return below(once_in(4) ? 4000 : 300);
}

static void put(struct stream *stream, uint8_t first, size_t length) {
  if (stream->count + length + 14 > stream->room) {
    stream->room = 2 * (stream->count + length + 14);
    stream->bytes = (uint8_t *)realloc(stream->bytes, stream->room);
  }
  uint8_t *payload = (uint8_t *)malloc(length + 1);
  bool is_binary = (first & 15) != WEBSOCKET_OPCODE_DATA_TEXT;
  for (size_t i = 0; i < length; i++) payload[i] = (uint8_t)(is_binary ? number() : 'a' + below(26));
  /* A message's kind is not in its other fragments: all of them are letters. */
  if ((first & 15) == WEBSOCKET_OPCODE_CONTINUE) memset(payload, 'c', length);
  if ((first & 15) == WEBSOCKET_OPCODE_CLOSE && length >= 2) payload[0] = 3, payload[1] = 0xE8;
  stream->count += put_frame(stream->bytes + stream->count, first, stream->is_masked, payload, length);
  free(payload);
}

static void put_control(struct stream *stream) {
  put(stream, (uint8_t)(0x80 | (once_in(2) ? WEBSOCKET_OPCODE_PING : WEBSOCKET_OPCODE_PONG)), below(126));
}

static void make_stream(struct stream *stream) {
  for (size_t messages = 1 + below(5); messages > 0; messages--) {
    int opcode = once_in(2) ? WEBSOCKET_OPCODE_DATA_TEXT : WEBSOCKET_OPCODE_DATA_BINARY;
    size_t fragments = once_in(3) ? 2 + below(4) : 1;
    for (size_t i = 0; i < fragments; i++) {
      if (once_in(4)) put_control(stream);
      int final = i + 1 == fragments ? 0x80 : 0;
      put(stream, (uint8_t)(final | (i == 0 ? opcode : (int)WEBSOCKET_OPCODE_CONTINUE)), length_of_payload());
    }
  }
  if (once_in(4)) put(stream, 0x80 | WEBSOCKET_OPCODE_CLOSE, once_in(3) ? 0 : 2);
}

/* What is ours of the type of a fragment behind the first. */
static uint32_t expected_type(uint32_t zephyrs, uint32_t *kind) {
  uint32_t data = WEBSOCKET_FLAG_TEXT | WEBSOCKET_FLAG_BINARY;
  if (zephyrs & data) *kind = zephyrs & data;
  return zephyrs & (data | CONTROL) ? zephyrs : zephyrs | *kind | WEBSOCKET_FLAG_CONTINUATION;
}

static void round_of(uint64_t seed) {
  generator = seed;
  struct session session;
  bool is_server = once_in(2);
  int ends[2];
  CHECK_IS(zsock_socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
  session.socket = ends[0];
  session.peer = ends[1];
  if (is_server) {
    session.ws = websocket_register(session.socket, session.memory, sizeof session.memory);
    CHECK(session.ws >= 0);
  } else {
    open_client_over(&session);
  }
  struct stream stream = {NULL, 0, 0, is_server};
  make_stream(&stream);
  struct model model;
  memset(&model, 0, sizeof model);
  model.bytes = stream.bytes;
  uint32_t kind = 0;
  bool has_closed = false;
  while (!has_closed) {
    if (model.count < stream.count && once_in(2)) {
      size_t count = 1 + below(once_in(3) ? 5000 : once_in(2) ? 200 : 8);
      if (count > stream.count - model.count) count = stream.count - model.count;
      write_all(session.peer, stream.bytes + model.count, count);
      model.count += count;
    }
    struct outcome got = {0, 0xFFFF, 0xFFFF, {0}};
    size_t room = 1 + below(once_in(2) ? sizeof got.payload : 20);
    struct model before = model;
    struct outcome wanted = model_receive(&model, room);
    got.result = websocket_recv_msg(session.ws, got.payload, room, &got.type, &got.remaining, 0);
    if (got.result != wanted.result)
      fail(__FILE__, __LINE__, "seed %llu: byte %zu of %zu, room %zu: %d, Zephyr %d", (unsigned long long)seed, before.next,
           before.count, room, got.result, wanted.result);
    if (got.result >= 0) {
      uint32_t type = expected_type(wanted.type, &kind);
      if (got.type != type || got.remaining != wanted.remaining || memcmp(got.payload, wanted.payload, (size_t)got.result) != 0)
        fail(__FILE__, __LINE__, "seed %llu: byte %zu: type %#x, remaining %llu; Zephyr %#x, %llu; or payload differs",
             (unsigned long long)seed, before.next, got.type, (unsigned long long)got.remaining, type,
             (unsigned long long)wanted.remaining);
      has_closed = (type & WEBSOCKET_FLAG_CLOSE) != 0 && got.remaining == 0;
    } else {
      CHECK_IS(got.type, 0xFFFF);
      CHECK_IS(got.remaining, 0xFFFF);
      if (model.next == stream.count) break;
    }
  }
  /* The end of the stream, or what stands behind CLOSE. */
  close(session.peer);
  uint8_t byte;
  CHECK_IS(websocket_recv_msg(session.ws, &byte, 1, NULL, NULL, 20000), -ENOTCONN);
  websocket_disconnect(session.ws);
  close(session.socket);
  free(stream.bytes);
}

int main(int count, char **arguments) {
  uint64_t seed = count > 1 ? strtoull(arguments[1], NULL, 10) : 1;
  uint64_t rounds = count > 2 ? strtoull(arguments[2], NULL, 10) : 100;
  for (uint64_t i = 0; i < rounds; i++) round_of(seed + i);
  printf("%llu rounds\n", (unsigned long long)rounds);
  return 0;
}
