/* The other end of a connection, byte by byte: frames as they are on the wire, over the kernel's own calls. */
#ifndef WIRE_H
#define WIRE_H

#include "check.h"

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>
#include <unistd.h>

static const uint8_t test_key[4] = {0xe1, 0x7e, 0x8e, 0xb9};

static inline void write_all(int socket, const void *bytes, size_t count) {
  for (size_t done = 0; done < count;) {
    ssize_t written = write(socket, (const char *)bytes + done, count - done);
    CHECK(written > 0);
    done += (size_t)written;
  }
}

static inline void read_all(int socket, void *bytes, size_t count) {
  for (size_t done = 0; done < count;) {
    ssize_t got = read(socket, (char *)bytes + done, count - done);
    CHECK(got > 0);
    done += (size_t)got;
  }
}

/* Writes a frame to memory; masked with `test_key` where asked. Returns its length. */
static inline size_t put_frame(uint8_t *to, int first, bool masked, const void *payload, size_t length) {
  size_t n = 0;
  to[n++] = (uint8_t)first;
  uint8_t bit = masked ? 0x80 : 0;
  if (length < 126) {
    to[n++] = (uint8_t)(bit | length);
  } else if (length < 65536) {
    to[n++] = bit | 126;
    to[n++] = (uint8_t)(length >> 8);
    to[n++] = (uint8_t)length;
  } else {
    to[n++] = bit | 127;
    for (int shift = 56; shift >= 0; shift -= 8) to[n++] = (uint8_t)((uint64_t)length >> shift);
  }
  if (masked) {
    memcpy(to + n, test_key, 4);
    n += 4;
  }
  for (size_t i = 0; i < length; i++) {
    uint8_t byte = ((const uint8_t *)payload)[i];
    to[n + i] = masked ? byte ^ test_key[i % 4] : byte;
  }
  return n + length;
}

static inline void send_frame(int socket, int first, bool masked, const void *payload, size_t length) {
  uint8_t *bytes = (uint8_t *)malloc(length + 14);
  write_all(socket, bytes, put_frame(bytes, first, masked, payload, length));
  free(bytes);
}

struct wire_frame {
  int first;
  bool masked;
  size_t header_length;
  size_t length;
  uint8_t *payload; /* unmasked; to be freed */
};

static inline struct wire_frame read_frame(int socket) {
  struct wire_frame frame;
  uint8_t head[14];
  read_all(socket, head, 2);
  frame.first = head[0];
  frame.masked = (head[1] & 0x80) != 0;
  frame.length = head[1] & 0x7F;
  frame.header_length = 2;
  size_t more = frame.length == 126 ? 2 : frame.length == 127 ? 8 : 0;
  if (more) {
    read_all(socket, head + 2, more);
    frame.length = 0;
    for (size_t i = 0; i < more; i++) frame.length = frame.length << 8 | head[2 + i];
    frame.header_length += more;
  }
  uint8_t key[4] = {0, 0, 0, 0};
  if (frame.masked) {
    read_all(socket, key, 4);
    frame.header_length += 4;
  }
  frame.payload = (uint8_t *)malloc(frame.length + 1);
  read_all(socket, frame.payload, frame.length);
  for (size_t i = 0; i < frame.length; i++) frame.payload[i] ^= key[i % 4];
  frame.payload[frame.length] = 0;
  return frame;
}

/* The next frame is this one. */
#define CHECK_FRAME(socket, wanted_first, wanted_masked, wanted, wanted_length) \
  do { \
    struct wire_frame check_frame = read_frame(socket); \
    CHECK_IS(check_frame.first, wanted_first); \
    CHECK_IS(check_frame.masked, wanted_masked); \
    CHECK_IS(check_frame.length, wanted_length); \
    CHECK(memcmp(check_frame.payload, wanted, check_frame.length) == 0); \
    free(check_frame.payload); \
  } while (0)

/* Nothing has come. */
#define CHECK_SILENT(socket) \
  do { \
    char check_byte; \
    CHECK_FAILS(recv(socket, &check_byte, 1, MSG_DONTWAIT), EAGAIN); \
  } while (0)

/* What tcp_pair makes: AF_INET, or AF_INET6. */
static int tcp_family = AF_INET;

/* A socket that listens on a port of the loopback, which the kernel chooses. */
static inline int loopback_listener(struct sockaddr_in *address) {
  int listener = socket(AF_INET, SOCK_STREAM, 0);
  socklen_t length = sizeof *address;
  memset(address, 0, sizeof *address);
  address->sin_family = AF_INET;
  address->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  CHECK_IS(bind(listener, (struct sockaddr *)address, length), 0);
  CHECK_IS(listen(listener, 4), 0);
  CHECK_IS(getsockname(listener, (struct sockaddr *)address, &length), 0);
  return listener;
}

/* Two connected TCP sockets of the loopback. */
static inline void tcp_pair(int *a, int *b) {
  int listener = socket(tcp_family, SOCK_STREAM, 0);
  struct sockaddr_in ipv4;
  struct sockaddr_in6 address;
  memset(&ipv4, 0, sizeof ipv4);
  memset(&address, 0, sizeof address);
  ipv4.sin_family = AF_INET;
  ipv4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin6_family = AF_INET6;
  address.sin6_addr = in6addr_loopback;
  socklen_t length = sizeof address;
  if (tcp_family == AF_INET) {
    length = sizeof ipv4;
    memcpy(&address, &ipv4, length);
  }
  CHECK_IS(bind(listener, (struct sockaddr *)&address, length), 0);
  CHECK_IS(listen(listener, 1), 0);
  CHECK_IS(getsockname(listener, (struct sockaddr *)&address, &length), 0);
  *a = socket(tcp_family, SOCK_STREAM, 0);
  CHECK_IS(connect(*a, (struct sockaddr *)&address, length), 0);
  *b = accept(listener, NULL, NULL);
  CHECK(*b >= 0);
  close(listener);
}

#endif
