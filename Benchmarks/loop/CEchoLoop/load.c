#include "load.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

static bool prepare(int socket) {
  const int on = 1;
  const struct timeval limit = {.tv_sec = 10};
  return setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) == 0 &&
         setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit) == 0 &&
         setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit) == 0;
}

bool load_connect(int count, int *servers, int *clients) {
  const int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t length = sizeof address;
  bool is_good = listener >= 0 && bind(listener, (struct sockaddr *)&address, sizeof address) == 0 &&
                 listen(listener, 16) == 0 && getsockname(listener, (struct sockaddr *)&address, &length) == 0;
  for (int i = 0; is_good && i < count; i++) {
    clients[i] = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    is_good = clients[i] >= 0 && connect(clients[i], (struct sockaddr *)&address, sizeof address) == 0;
    if (!is_good) break;
    servers[i] = accept(listener, NULL, NULL);
    is_good = servers[i] >= 0 && prepare(clients[i]) && prepare(servers[i]);
  }
  if (listener >= 0) close(listener);
  return is_good;
}

/* Writes a header, with a key if it is masked. Gives its bytes. */
static size_t write_header(uint8_t *to, int size, const uint8_t *key) {
  size_t count = 2;
  to[0] = 0x82;
  if (size < 126) {
    to[1] = (uint8_t)size;
  } else if (size < 65536) {
    to[1] = 126;
    to[count++] = (uint8_t)(size >> 8);
    to[count++] = (uint8_t)size;
  } else {
    to[1] = 127;
    for (int shift = 56; shift >= 0; shift -= 8) to[count++] = (uint8_t)((uint64_t)size >> shift);
  }
  if (key) {
    to[1] |= 0x80;
    memcpy(to + count, key, 4);
    count += 4;
  }
  return count;
}

static uint8_t payload_byte(int message, int index) { return (uint8_t)(message * 31 + index * 7 + 1); }

size_t load_frames(uint8_t *frames, int depth, int size) {
  uint8_t *to = frames;
  for (int message = 0; message < depth; message++) {
    const uint8_t key[4] = {(uint8_t)(0xA1 + message), 0x5C, 0x37, 0xE9};
    to += write_header(to, size, key);
    for (int i = 0; i < size; i++) *to++ = payload_byte(message, i) ^ key[i & 3];
  }
  return (size_t)(to - frames);
}

static size_t expected_frames(uint8_t *frames, int depth, int size) {
  uint8_t *to = frames;
  for (int message = 0; message < depth; message++) {
    to += write_header(to, size, NULL);
    for (int i = 0; i < size; i++) *to++ = payload_byte(message, i);
  }
  return (size_t)(to - frames);
}

bool load_run(const int *clients, int count, int rounds, int depth, int size) {
  const size_t room = (size_t)depth * ((size_t)size + 14);
  uint8_t *sent = malloc(room), *expected = malloc(room), *received = malloc(room);
  bool is_good = sent && expected && received;
  if (is_good) {
    const size_t sent_count = load_frames(sent, depth, size);
    const size_t expected_count = expected_frames(expected, depth, size);
    for (int round = 0; is_good && round < rounds; round++) {
      for (int i = 0; is_good && i < count; i++)
        is_good = send(clients[i], sent, sent_count, MSG_NOSIGNAL) == (ssize_t)sent_count;
      for (int i = 0; is_good && i < count; i++)
        is_good = recv(clients[i], received, expected_count, MSG_WAITALL) == (ssize_t)expected_count &&
                  memcmp(received, expected, expected_count) == 0;
    }
  }
  free(sent);
  free(expected);
  free(received);
  return is_good;
}
