/* What follows the opening: frames, or raw bytes. Payload is answered as it comes, and never gathered. */
#include "connection.h"

#include <endian.h>
#include <string.h>

/* Answers of one read: its payload, and a header for each frame, which is never longer than the one that came. */
static uint8_t output[512 * 1024];

static void unmask(uint8_t *restrict to, const uint8_t *restrict from, size_t count, struct connection *c) {
  uint8_t turned[8];
  for (unsigned i = 0; i < 8; i++) turned[i] = c->key[(c->key_offset + i) & 3];
  uint64_t key;
  memcpy(&key, turned, 8);
  size_t i = 0;
  for (; i + 8 <= count; i += 8) {
    uint64_t word;
    memcpy(&word, from + i, 8);
    word ^= key;
    memcpy(to + i, &word, 8);
  }
  for (; i < count; i++) to[i] = from[i] ^ turned[i & 7];
  c->key_offset = (unsigned)(c->key_offset + count) & 3;
}

static size_t write_header(uint8_t *out, uint8_t first, uint64_t size) {
  out[0] = first;
  if (size < 126) {
    out[1] = (uint8_t)size;
    return 2;
  }
  if (size < 65536) {
    const uint16_t length = htobe16((uint16_t)size);
    out[1] = 126;
    memcpy(out + 2, &length, 2);
    return 4;
  }
  const uint64_t length = htobe64(size);
  out[1] = 127;
  memcpy(out + 2, &length, 8);
  return 10;
}

/* Reads a header of which `count` bytes are there. Gives its size; 0 where more is needed, -1 where a frame is not masked. */
static int read_header(struct connection *c, const uint8_t *bytes, size_t count) {
  if (count < 2) return 0;
  if (!(bytes[1] & 0x80)) return -1;
  const unsigned length = bytes[1] & 0x7F;
  const unsigned extended = length == 126 ? 2 : length == 127 ? 8 : 0;
  if (count < 6 + extended) return 0;
  c->left = length;
  if (extended == 2) {
    uint16_t value;
    memcpy(&value, bytes + 2, 2);
    c->left = be16toh(value);
  } else if (extended == 8) {
    uint64_t value;
    memcpy(&value, bytes + 2, 8);
    c->left = be64toh(value);
  }
  c->first = bytes[0];
  memcpy(c->key, bytes + 2 + extended, 4);
  c->key_offset = 0;
  c->is_in_frame = true;
  return (int)(6 + extended);
}

static bool is_control(const struct connection *c) { return c->first & 0x08; }
static bool is_answered(const struct connection *c) {
  return (c->first & 0x0F) != 0x0A && (c->workload == ECHO || is_control(c));
}

/* The end of a frame. False where the connection is over. */
static bool end_frame(struct connection *c) {
  c->is_in_frame = false;
  if (is_control(c)) return (c->first & 0x0F) != 0x08;
  if (!(c->first & 0x80)) return true;
  if (c->workload == SOURCE) return send_source(c);
  if (c->workload == SINK && --c->count == 0) return write_all(c, (const uint8_t *)"\x82\x01.", 3);
  return true;
}

bool take_frames(struct connection *c, const uint8_t *bytes, size_t count) {
  const uint8_t *const end = bytes + count;
  size_t filled = 0;
  bool goes_on = true;
  while (goes_on && (bytes < end || (c->is_in_frame && c->left == 0))) {
    if (!c->is_in_frame) {
      int size;
      if (c->header_count == 0 && (size = read_header(c, bytes, (size_t)(end - bytes))) > 0) {
        bytes += size;
      } else {
        c->header[c->header_count++] = *bytes++;
        size = read_header(c, c->header, c->header_count);
        if (size < 0) return false;
        if (size == 0) continue;
        c->header_count = 0;
      }
      if (is_answered(c)) {
        const uint8_t first = (c->first & 0x0F) == 0x09 ? c->first + 1 : c->first;
        filled += write_header(output + filled, first, c->left);
      }
    }
    size_t size = (size_t)(end - bytes);
    if (size > c->left) size = c->left;
    if (is_answered(c)) {
      unmask(output + filled, bytes, size, c);
      filled += size;
    }
    bytes += size;
    c->left -= size;
    if (c->left == 0) goes_on = end_frame(c);
  }
  return (filled == 0 || write_all(c, output, filled)) && goes_on;
}

bool take_raw(struct connection *c, const uint8_t *bytes, size_t count) {
  switch (c->workload) {
    case ECHO:
      return write_all(c, bytes, count);
    case SOURCE:
      return send_source(c);
    case SINK:
      if (count < c->bytes) {
        c->bytes -= count;
        return true;
      }
      c->bytes = 0;
      return write_all(c, (const uint8_t *)".", 1);
  }
  return false;
}
