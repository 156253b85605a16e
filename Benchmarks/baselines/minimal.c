/* A WebSocket client written for the occasion: what frames and masking cost where nothing else is done. It trusts its
 * server, looks at no limits, and knows no control frames. */
#include "client.h"

#include <endian.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

enum { WINDOW = 64, AT_ONCE = 64 * 1024 };

static struct client client;
static uint8_t *payload, *output, *input;
static size_t filled, start, end, input_size;

static struct stream open_websocket(const char *target) {
  struct stream stream = open_stream(&client);
  char head[512];
  const int count = snprintf(
      head, sizeof head,
      "GET %s HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
      "Sec-WebSocket-Key: AAECAwQFBgcICQoLDA0ODw==\r\nSec-WebSocket-Version: 13\r\n\r\n",
      target);
  put(&stream, head, (size_t)count);
  for (start = end = 0; end < 4 || memcmp(input + end - 4, "\r\n\r\n", 4) != 0;)
    end += get(&stream, input + end, input_size - end);
  start = end = 0;
  return stream;
}

static uint32_t next_key(void) {
  static uint32_t keys[1024];
  static unsigned used = 1024;
  if (used == 1024) {
    /* 256 bytes at most are never cut short. */
    for (size_t at = 0; at < sizeof keys; at += 256)
      if (getrandom((char *)keys + at, 256, 0) != 256) fail("getrandom");
    used = 0;
  }
  return keys[used++];
}

/* A frame behind those that wait in `output`. */
static void add_frame(void) {
  uint8_t *at = output + filled;
  *at++ = 0x82;
  if (client.size < 126) {
    *at++ = (uint8_t)(0x80 | client.size);
  } else if (client.size < 65536) {
    const uint16_t size = htobe16((uint16_t)client.size);
    *at++ = 0x80 | 126;
    memcpy(at, &size, 2);
    at += 2;
  } else {
    const uint64_t size = htobe64(client.size);
    *at++ = 0x80 | 127;
    memcpy(at, &size, 8);
    at += 8;
  }
  const uint32_t key = next_key();
  memcpy(at, &key, 4);
  at += 4;
  const uint64_t wide = (uint64_t)key << 32 | key;
  size_t i = 0;
  for (; i + 8 <= client.size; i += 8) {
    uint64_t word;
    memcpy(&word, payload + i, 8);
    word ^= wide;
    memcpy(at + i, &word, 8);
  }
  for (; i < client.size; i++) at[i] = payload[i] ^ (uint8_t)(key >> (8 * (i & 3)));
  filled = (size_t)(at + client.size - output);
}

static void flush(struct stream *stream) {
  put(stream, output, filled);
  filled = 0;
}

/* One message, of which a view into `input` is all that is made. */
static void get_message(struct stream *stream, size_t expected) {
  for (;;) {
    const size_t there = end - start;
    if (there >= 2) {
      size_t header = 2;
      uint64_t size = input[start + 1];
      if (size == 126 && there >= 4) {
        uint16_t value;
        memcpy(&value, input + start + 2, 2);
        size = be16toh(value);
        header = 4;
      } else if (size == 127 && there >= 10) {
        memcpy(&size, input + start + 2, 8);
        size = be64toh(size);
        header = 10;
      } else if (size > 125) {
        size = UINT64_MAX - 16;
      }
      if (there >= header + size) {
        if (size != expected) fail("a message of another length");
        start += header + size;
        if (start == end) start = end = 0;
        return;
      }
    }
    if (start > 0) {
      memmove(input, input + start, there);
      start = 0;
      end = there;
    }
    end += get(stream, input + end, input_size - end);
  }
}

static void ping_pong(size_t window) {
  struct stream stream = open_websocket("/echo");
  start_clock();
  for (size_t done = 0; done < client.count; done += window) {
    for (size_t i = 0; i < window; i++) add_frame();
    flush(&stream);
    for (size_t i = 0; i < window; i++) get_message(&stream, client.size);
  }
  stop_clock();
}

static void send_one(struct stream *stream) {
  add_frame();
  flush(stream);
}

static void pipeline(void) {
  struct stream stream = open_websocket("/echo");
  start_clock();
  size_t sent = 0;
  for (; sent < WINDOW && sent < client.count; sent++) send_one(&stream);
  for (size_t received = 0; received < client.count; received++) {
    get_message(&stream, client.size);
    if (sent == client.count) continue;
    send_one(&stream);
    sent++;
  }
  stop_clock();
}

static void send_messages(size_t at_once) {
  char target[64];
  snprintf(target, sizeof target, "/sink?count=%zu", client.count);
  struct stream stream = open_websocket(target);
  start_clock();
  for (size_t i = 0; i < client.count; i++) {
    add_frame();
    if (filled >= at_once) flush(&stream);
  }
  flush(&stream);
  get_message(&stream, 1);
  stop_clock();
}

static void receive(void) {
  char target[64];
  snprintf(target, sizeof target, "/source?size=%zu&count=%zu", client.size, client.count);
  struct stream stream = open_websocket(target);
  start_clock();
  put(&stream, "\x82\x81\0\0\0\0.", 7);
  for (size_t i = 0; i < client.count; i++) get_message(&stream, client.size);
  stop_clock();
}

static void setup(void) {
  start_clock();
  for (size_t i = 0; i < client.count; i++) {
    struct stream stream = open_websocket("/echo");
    send_one(&stream);
    get_message(&stream, client.size);
    close_stream(&stream);
  }
  stop_clock();
}

int main(int count, char **arguments) {
  client = read_arguments(count, arguments);
  payload = malloc(client.size + 8);
  memset(payload, 0x42, client.size);
  output = malloc(WINDOW * (client.size + 14) + 2 * AT_ONCE);
  input_size = client.size + 14 > AT_ONCE ? client.size + 14 : AT_ONCE;
  input = malloc(input_size);
  memset(input, 0, input_size);
  const char *workload = client.workload;
  if (strcmp(workload, "ping-pong") == 0) ping_pong(1);
  else if (strcmp(workload, "pipeline") == 0) pipeline();
  else if (strcmp(workload, "pipeline-batched") == 0) ping_pong(WINDOW);
  else if (strcmp(workload, "send") == 0) send_messages(1);
  else if (strcmp(workload, "send-batched") == 0) send_messages(AT_ONCE);
  else if (strcmp(workload, "receive") == 0) receive();
  else if (strcmp(workload, "setup") == 0) setup();
  else has_none();
}
