/* The messages of SOURCE: built once for each size, and sent many at a time. */
#include "../readings.h"
#include "connection.h"

#include <endian.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

enum { AT_ONCE = 256 * 1024 };

/* RFC 7692 7.2.1: compressed, flushed, without the four bytes of the empty block. */
static size_t deflate_message(uint8_t *to, size_t capacity, uint8_t *from, size_t size) {
  z_stream stream = {.next_in = from, .avail_in = (unsigned)size, .next_out = to, .avail_out = (unsigned)capacity};
  if (deflateInit2(&stream, 6, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY) != Z_OK) abort();
  deflate(&stream, Z_SYNC_FLUSH);
  const size_t made = stream.total_out - 4;
  deflateEnd(&stream);
  return made;
}

/* A message as it goes on the wire. */
static uint8_t *make_message(const struct connection *c, size_t *total) {
  uint8_t *payload = malloc(c->size + 1);
  size_t size = c->size;
  fill_with_readings(payload, size);
  uint8_t first = 0x82;
  if (c->is_deflated) {
    uint8_t *deflated = malloc(size + 1024);
    size = deflate_message(deflated, size + 1024, payload, size);
    free(payload);
    payload = deflated;
    first = 0xC2;
  }
  uint8_t *message = malloc(size + 10);
  size_t header = 0;
  if (!c->is_raw) {
    message[header++] = first;
    if (size < 126) {
      message[header++] = (uint8_t)size;
    } else if (size < 65536) {
      const uint16_t length = htobe16((uint16_t)size);
      message[header++] = 126;
      memcpy(message + header, &length, 2);
      header += 2;
    } else {
      const uint64_t length = htobe64(size);
      message[header++] = 127;
      memcpy(message + header, &length, 8);
      header += 8;
    }
  }
  memcpy(message + header, payload, size);
  free(payload);
  *total = header + size;
  return message;
}

bool send_source(struct connection *c) {
  size_t total;
  uint8_t *message = make_message(c, &total);
  const size_t copies = total < AT_ONCE ? AT_ONCE / total : 1;
  uint8_t *run = malloc(copies * total);
  for (size_t i = 0; i < copies; i++) memcpy(run + i * total, message, total);
  bool is_sent = true;
  for (uint64_t left = c->count; left > 0 && is_sent;) {
    const size_t now = left < copies ? left : copies;
    is_sent = write_all(c, run, now * total);
    left -= now;
  }
  free(run);
  free(message);
  return is_sent;
}
