/* The limit: the same transfers on the socket itself, or on OpenSSL, without frames.
 *
 * Compiled with XOR it masks what it sends besides, at the speed of memory. */
#include "../readings.h"
#include "client.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

enum { WINDOW = 64, AT_ONCE = 64 * 1024 };

static struct client client;
static uint8_t *payload, *input;
static size_t input_size;

#ifdef XOR
static void put_payload(struct stream *stream, size_t count) {
  static uint8_t *masked;
  static uint64_t key = 0x5A17C3E95A17C3E9;
  if (!masked) masked = malloc(count + 8);
  for (size_t i = 0; i < count; i += 8) {
    uint64_t word;
    memcpy(&word, payload + i, 8);
    word ^= key;
    memcpy(masked + i, &word, 8);
  }
  put(stream, masked, count);
}
#else
static void put_payload(struct stream *stream, size_t count) { put(stream, payload, count); }
#endif

static void get_all(struct stream *stream, size_t count) {
  while (count > 0) count -= get(stream, input, count < input_size ? count : input_size);
}

static struct stream open_raw(const char *target) {
  struct stream stream = open_stream(&client);
  char line[128];
  put(&stream, line, (size_t)snprintf(line, sizeof line, "RAW %s\n", target));
  get_all(&stream, 3);
  return stream;
}

static void ping_pong(void) {
  struct stream stream = open_raw("/echo");
  start_clock();
  for (size_t i = 0; i < client.count; i++) {
    put_payload(&stream, client.size);
    get_all(&stream, client.size);
  }
  stop_clock();
}

static void pipeline(void) {
  struct stream stream = open_raw("/echo");
  start_clock();
  size_t sent = 0, received = 0, partial = 0;
  for (; sent < WINDOW && sent < client.count; sent++) put_payload(&stream, client.size);
  while (received < client.count) {
    for (partial += get(&stream, input, input_size); partial >= client.size; partial -= client.size) {
      received++;
      if (sent == client.count) continue;
      put_payload(&stream, client.size);
      sent++;
    }
  }
  stop_clock();
}

static void pipeline_batched(void) {
  struct stream stream = open_raw("/echo");
  start_clock();
  for (size_t done = 0; done < client.count; done += WINDOW) {
    put_payload(&stream, client.size * WINDOW);
    get_all(&stream, client.size * WINDOW);
  }
  stop_clock();
}

static void send_messages(size_t at_once) {
  char target[64];
  snprintf(target, sizeof target, "/sink?bytes=%zu", client.size * client.count);
  struct stream stream = open_raw(target);
  start_clock();
  for (size_t left = client.count; left > 0;) {
    const size_t now = left < at_once ? left : at_once;
    put_payload(&stream, now * client.size);
    left -= now;
  }
  get_all(&stream, 1);
  stop_clock();
}

static void receive(void) {
  char target[64];
  snprintf(target, sizeof target, "/source?size=%zu&count=%zu", client.size, client.count);
  struct stream stream = open_raw(target);
  start_clock();
  put(&stream, ".", 1);
  get_all(&stream, client.size * client.count);
  stop_clock();
}

/* The same bytes as a WebSocket's set-up, looked at as little as can be. */
static void setup(void) {
  static const char request[] =
      "GET /echo HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
      "Sec-WebSocket-Key: AAECAwQFBgcICQoLDA0ODw==\r\nSec-WebSocket-Version: 13\r\n\r\n";
  uint8_t frame[6 + 125] = {0x82, (uint8_t)(0x80 | client.size)};
  if (client.size > 125) has_none();
  start_clock();
  for (size_t i = 0; i < client.count; i++) {
    struct stream stream = open_stream(&client);
    put(&stream, request, sizeof request - 1);
    for (size_t n = 0; n < 4 || memcmp(input + n - 4, "\r\n\r\n", 4) != 0;) n += get(&stream, input + n, input_size - n);
    put(&stream, frame, 6 + client.size);
    get_all(&stream, 2 + client.size);
    close_stream(&stream);
  }
  stop_clock();
}

static void idle(void) {
  const size_t before = private_memory();
  for (size_t i = 0; i < client.count; i++) {
    struct stream stream = open_raw("/echo");
    put_payload(&stream, client.size);
    get_all(&stream, client.size);
  }
  printf("{\"bytes\": %.1f}\n", (double)(private_memory() - before) / (double)client.count);
}

/* Compressed as permessage-deflate has it, each with its size in front of it, since there are no frames. */
static void deflate_send(void) {
  fill_with_readings(payload, client.size);
  uint8_t *out = malloc(client.size + 1024);
  size_t made = 0;
  z_stream zlib = {0};
  if (deflateInit2(&zlib, 6, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY) != Z_OK) fail("deflateInit2");
  for (int round = 0; round < 2; round++) { /* the first finds out how many bytes a message is */
    struct stream stream = {0};
    if (round == 1) {
      char target[64];
      snprintf(target, sizeof target, "/sink?bytes=%zu", made * client.count);
      stream = open_raw(target);
      start_clock();
    }
    for (size_t i = 0; i < (round == 0 ? 1 : client.count); i++) {
      deflateReset(&zlib);
      zlib.next_in = payload;
      zlib.avail_in = (unsigned)client.size;
      zlib.next_out = out;
      zlib.avail_out = (unsigned)client.size + 1024;
      deflate(&zlib, Z_SYNC_FLUSH);
      made = zlib.total_out - 4;
      if (round == 1) put(&stream, out, made);
    }
    if (round == 1) {
      get_all(&stream, 1);
      stop_clock();
    }
  }
}

int main(int count, char **arguments) {
  client = read_arguments(count, arguments);
  const size_t most = client.size * WINDOW > AT_ONCE ? client.size * WINDOW : AT_ONCE;
  payload = calloc(1, most + 8);
  input_size = client.size > AT_ONCE ? client.size : AT_ONCE;
  input = malloc(input_size);
  memset(payload, 0x42, most);
  memset(input, 0, input_size);
  const char *workload = client.workload;
  const size_t batch = client.size < AT_ONCE ? AT_ONCE / client.size : 1;
  if (strcmp(workload, "ping-pong") == 0) ping_pong();
  else if (strcmp(workload, "pipeline") == 0) pipeline();
  else if (strcmp(workload, "pipeline-batched") == 0) pipeline_batched();
  else if (strcmp(workload, "send") == 0) send_messages(1);
  else if (strcmp(workload, "send-batched") == 0) send_messages(batch);
  else if (strcmp(workload, "receive") == 0) receive();
  else if (strcmp(workload, "setup") == 0) setup();
  else if (strcmp(workload, "idle") == 0) idle();
  else if (strcmp(workload, "deflate-send") == 0) deflate_send();
  else has_none();
}
