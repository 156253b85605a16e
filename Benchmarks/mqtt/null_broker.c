/* A broker that acknowledges and discards: what a publisher's rate is measured against when no real broker is to be
 * the limit.
 *
 * MQTT 3.1.1 and 5.0, over TCP and over WebSockets, each on a loopback port that the kernel chooses. Its first lines
 * are `tcp PORT` and `ws PORT`; it ends when its standard input does, and says then how many PUBLISH packets it has
 * read. One thread, epoll. A connection's answers to all that one read gave leave in one write. Of a packet it looks at
 * what it must and no more: in a WebSocket frame that is one PUBLISH, the bytes before the payload are unmasked one by
 * one where they are needed, and the payload never.
 *
 *   null_broker */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/evp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

/* Bytes of one read: they stay in the cache between the kernel's copying and the reading here. */
#define READ_SIZE (64 * 1024)
/* Bytes of answers that one read can ask for: a PUBACK is four bytes, ten in a frame of which 16 make the least PUBLISH
 * in a frame. What does not fit leaves at once. */
#define WRITE_SIZE (256 * 1024)
/* The longest packet that is not PUBLISH. */
#define PACKET_LIMIT (32 * 1024)

enum step { MORE, READ_ON, CLOSE };

struct connection {
  int fd;
  bool is_websocket, is_open;
  uint8_t version;
  /* Bytes of input: those from `start` to `end` have not been read. */
  uint8_t *input;
  size_t start, end;
  /* Bytes that are passed over, whatever they are: payload, over TCP, or in whole frames. */
  uint64_t skip;
  /* WebSocket, the slow way: what is left of the frame being unmasked, and its MQTT bytes that make no whole packet. */
  uint64_t frame_left;
  uint8_t key[4];
  unsigned key_offset;
  uint8_t *stash;
  size_t stashed;
  uint64_t stash_skip;
  uint8_t *output;
  size_t sent, filled;
};

static uint64_t publishes;
static int epoll;

static bool flush(struct connection *c) {
  while (c->sent < c->filled) {
    ssize_t n = send(c->fd, c->output + c->sent, c->filled - c->sent, MSG_NOSIGNAL);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return errno == EAGAIN;
    c->sent += (size_t)n;
  }
  c->sent = c->filled = 0;
  return true;
}

/* Room for `size` bytes of answers. Where there is none the client does not read, and is waited for. */
static uint8_t *answer(struct connection *c, size_t size) {
  while (WRITE_SIZE - c->filled < size) {
    if (!flush(c)) {
      c->filled = c->sent = 0;
      break;
    }
    if (c->filled == 0) break;
    struct timespec pause = {.tv_nsec = 20000};
    nanosleep(&pause, NULL);
  }
  uint8_t *place = c->output + c->filled;
  c->filled += size;
  return place;
}

static void packet(struct connection *c, const uint8_t *bytes, size_t size) {
  size_t header = !c->is_websocket ? 0 : size < 126 ? 2 : 4;
  uint8_t *out = answer(c, header + size);
  if (header == 2) {
    out[0] = 0x82;
    out[1] = (uint8_t)size;
  } else if (header == 4) {
    out[0] = 0x82;
    out[1] = 126;
    out[2] = (uint8_t)(size >> 8);
    out[3] = (uint8_t)size;
  }
  memcpy(out + header, bytes, size);
}

static inline void acknowledge(struct connection *c, uint8_t type, uint8_t high, uint8_t low) {
  if (c->is_websocket) {
    uint8_t *out = answer(c, 6);
    const uint8_t bytes[6] = {0x82, 4, type, 2, high, low};
    memcpy(out, bytes, 6);
  } else {
    uint8_t *out = answer(c, 4);
    const uint8_t bytes[4] = {type, 2, high, low};
    memcpy(out, bytes, 4);
  }
}

/* A remaining length from `at` on. Gives the bytes that it takes; 0 where more are needed, -1 where it is none. */
static inline int remaining_length(const uint8_t *at, const uint8_t *end, uint32_t *length) {
  uint32_t value = 0;
  for (int i = 0; i < 4; i++) {
    if (at + i >= end) return 0;
    value |= (uint32_t)(at[i] & 0x7F) << (7 * i);
    if (!(at[i] & 0x80)) {
      *length = value;
      return i + 1;
    }
  }
  return -1;
}

/* SUBACK or UNSUBACK: a code for each topic filter. */
static bool subscription(struct connection *c, const uint8_t *body, uint32_t length, bool is_subscribe) {
  static uint8_t out[PACKET_LIMIT];
  const uint8_t *end = body + length, *at = body + 2;
  uint8_t codes[1024];
  size_t count = 0;
  if (length < 2) return false;
  if (c->version == 5) {
    uint32_t properties;
    int n = remaining_length(at, end, &properties);
    if (n <= 0 || (size_t)(end - at - n) < properties) return false;
    at += (size_t)n + properties;
  }
  while (at + 2 <= end && count < sizeof codes) {
    size_t filter = (size_t)at[0] << 8 | at[1];
    at += 2 + filter;
    if (at + (is_subscribe ? 1 : 0) > end) return false;
    codes[count++] = is_subscribe ? *at++ & 3 : 0;
  }
  if (!is_subscribe && c->version != 5) count = 0;
  size_t rest = 2 + (c->version == 5 ? 1 : 0) + count, n = 0;
  out[n++] = is_subscribe ? 0x90 : 0xB0;
  for (size_t left = rest; ; left >>= 7) {
    out[n++] = (uint8_t)((left & 0x7F) | (left > 0x7F ? 0x80 : 0));
    if (left <= 0x7F) break;
  }
  out[n++] = body[0];
  out[n++] = body[1];
  if (c->version == 5) out[n++] = 0;
  memcpy(out + n, codes, count);
  packet(c, out, n + count);
  return true;
}

/* Any whole packet but PUBLISH. */
static bool control(struct connection *c, uint8_t first, const uint8_t *body, uint32_t length) {
  switch (first >> 4) {
  case 1: /* CONNECT: protocol name, version */
    if (length < 7) return false;
    c->version = body[6];
    if (c->version == 5) packet(c, (const uint8_t[]){0x20, 3, 0, 0, 0}, 5);
    else packet(c, (const uint8_t[]){0x20, 2, 0, 0}, 4);
    return true;
  case 6: /* PUBREL */
    if (length < 2) return false;
    acknowledge(c, 0x70, body[0], body[1]);
    return true;
  case 8:
    return subscription(c, body, length, true);
  case 10:
    return subscription(c, body, length, false);
  case 12: /* PINGREQ */
    packet(c, (const uint8_t[]){0xD0, 0}, 2);
    return true;
  default: /* DISCONNECT, and what no client sends */
    return false;
  }
}

/* Reads packets from `*at` to `end`, which follow each other there. `*skip` is what the last PUBLISH reaches beyond. */
static enum step packets(struct connection *c, const uint8_t **at, const uint8_t *end, uint64_t *skip) {
  const uint8_t *p = *at;
  enum step outcome = READ_ON;
  while (p < end) {
    uint32_t length;
    int n = remaining_length(p + 1, end, &length);
    if (n <= 0) {
      if (n < 0) outcome = CLOSE;
      break;
    }
    const uint8_t *body = p + 1 + n;
    if (p[0] >> 4 == 3) {
      unsigned qos = p[0] >> 1 & 3;
      if (qos) {
        if (body + 2 > end) break;
        const uint8_t *identifier = body + 2 + ((size_t)body[0] << 8 | body[1]);
        if (identifier + 2 > end) break;
        acknowledge(c, qos == 1 ? 0x40 : 0x50, identifier[0], identifier[1]);
      }
      publishes++;
      if (length > (size_t)(end - body)) {
        *skip = length - (uint64_t)(end - body);
        p = end;
        break;
      }
      p = body + length;
      continue;
    }
    if (length > PACKET_LIMIT) {
      outcome = CLOSE;
      break;
    }
    if (length > (size_t)(end - body)) break;
    if (!control(c, p[0], body, length)) {
      outcome = CLOSE;
      break;
    }
    p = body + length;
  }
  *at = p;
  return outcome;
}

/* The slow way: MQTT bytes of frames that are not one packet each. */
static enum step stash(struct connection *c, uint8_t *bytes, size_t count) {
  if (c->stash_skip) {
    size_t passed = count < c->stash_skip ? count : (size_t)c->stash_skip;
    c->stash_skip -= passed;
    bytes += passed;
    count -= passed;
  }
  if (c->stashed + count > READ_SIZE + 2 * PACKET_LIMIT) return CLOSE;
  memcpy(c->stash + c->stashed, bytes, count);
  c->stashed += count;
  const uint8_t *at = c->stash;
  enum step outcome = packets(c, &at, c->stash + c->stashed, &c->stash_skip);
  c->stashed -= (size_t)(at - c->stash);
  memmove(c->stash, at, c->stashed);
  return outcome;
}

static enum step unmask(struct connection *c) {
  size_t here = c->end - c->start;
  size_t count = c->frame_left < here ? (size_t)c->frame_left : here;
  uint8_t *bytes = c->input + c->start;
  for (size_t i = 0; i < count; i++) bytes[i] ^= c->key[(c->key_offset + i) & 3];
  c->key_offset += (unsigned)count;
  c->frame_left -= count;
  c->start += count;
  return stash(c, bytes, count) == CLOSE ? CLOSE : c->frame_left ? READ_ON : MORE;
}

/* A PUBLISH that is all of its frame's payload, of which the beginning is at hand. Gives false where it is none, or its
 * identifier is not at hand. */
static inline bool one_publish(
    struct connection *c, const uint8_t *payload, size_t here, uint64_t length, const uint8_t *key) {
  if (here < 2) return false;
  uint8_t first = payload[0] ^ key[0];
  if (first >> 4 != 3) return false;
  uint32_t rest = 0;
  size_t n = 1;
  for (;; n++) {
    if (n == 5 || n >= here) return false;
    uint8_t byte = payload[n] ^ key[n & 3];
    rest |= (uint32_t)(byte & 0x7F) << (7 * (n - 1));
    if (!(byte & 0x80)) break;
  }
  n++;
  if (n + rest != length) return false;
  unsigned qos = first >> 1 & 3;
  if (qos) {
    if (n + 2 > here) return false;
    size_t topic = (size_t)(payload[n] ^ key[n & 3]) << 8 | (payload[n + 1] ^ key[(n + 1) & 3]);
    size_t at = n + 2 + topic;
    if (at + 2 > here || at + 2 > length) return false;
    acknowledge(c, qos == 1 ? 0x40 : 0x50, payload[at] ^ key[at & 3], payload[at + 1] ^ key[(at + 1) & 3]);
  }
  publishes++;
  return true;
}

static enum step frames(struct connection *c) {
  while (c->start < c->end) {
    if (c->frame_left) {
      enum step outcome = unmask(c);
      if (outcome != MORE) return outcome;
      continue;
    }
    const uint8_t *p = c->input + c->start;
    size_t here = c->end - c->start;
    if (here < 6) return READ_ON;
    size_t header = 6;
    uint64_t length = p[1] & 0x7F;
    if (!(p[1] & 0x80)) return CLOSE;
    if (length == 126) {
      header = 8;
      if (here < header) return READ_ON;
      length = (uint64_t)p[2] << 8 | p[3];
    } else if (length == 127) {
      header = 14;
      if (here < header) return READ_ON;
      length = 0;
      for (int i = 0; i < 8; i++) length = length << 8 | p[2 + i];
    }
    const uint8_t *key = p + header - 4, *payload = p + header;
    here -= header;
    uint8_t opcode = p[0] & 0xF;
    if (opcode >= 8) {
      if (length > 125) return CLOSE;
      if (here < length) return READ_ON;
      if (opcode == 8 || opcode == 9) {
        uint8_t *out = answer(c, 2 + length);
        out[0] = opcode == 8 ? 0x88 : 0x8A;
        out[1] = (uint8_t)length;
        for (size_t i = 0; i < length; i++) out[2 + i] = payload[i] ^ key[i & 3];
      }
      c->start += header + length;
      if (opcode == 8) return CLOSE;
      continue;
    }
    if (opcode == 1) return CLOSE;
    if (!c->stashed && !c->stash_skip) {
      if (one_publish(c, payload, here < length ? here : (size_t)length, length, key)) {
        if (length > here) {
          c->skip = length - here;
          c->start = c->end;
          return READ_ON;
        }
        c->start += header + (size_t)length;
        continue;
      }
      /* Where little of the frame is here, there may be more next time. */
      if (here < length && here < PACKET_LIMIT && c->start > 0) return READ_ON;
    }
    memcpy(c->key, key, 4);
    c->key_offset = 0;
    c->frame_left = length;
    c->start += header;
  }
  return READ_ON;
}

/* Answers the request for a WebSocket, once it is whole. */
static enum step handshake(struct connection *c) {
  char *text = (char *)c->input + c->start;
  char *end = memmem(text, c->end - c->start, "\r\n\r\n", 4);
  if (!end) return READ_ON;
  *end = 0;
  char key[128] = "", protocol[128] = "";
  for (char *line = strstr(text, "\r\n"); line; line = strstr(line + 2, "\r\n")) {
    if (!strncasecmp(line + 2, "Sec-WebSocket-Key:", 18)) sscanf(line + 20, " %60[^\r\n ]", key);
    if (!strncasecmp(line + 2, "Sec-WebSocket-Protocol:", 23)) sscanf(line + 25, " %60[^\r\n, ]", protocol);
  }
  if (!*key) return CLOSE;
  strcat(key, "258EAFA5-E914-47DA-95CA-C5AB0DC85B11");
  uint8_t digest[20];
  unsigned size;
  char accept[32], response[512];
  EVP_Digest(key, strlen(key), digest, &size, EVP_sha1(), NULL);
  EVP_EncodeBlock((uint8_t *)accept, digest, 20);
  int n = snprintf(
      response, sizeof response,
      "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: %s\r\n%s%s%s\r\n",
      accept, *protocol ? "Sec-WebSocket-Protocol: " : "", protocol, *protocol ? "\r\n" : "");
  memcpy(answer(c, (size_t)n), response, (size_t)n);
  c->start = (size_t)(end + 4 - (char *)c->input);
  c->is_open = true;
  return MORE;
}

static enum step parse(struct connection *c) {
  if (c->skip) {
    size_t here = c->end - c->start, passed = here < c->skip ? here : (size_t)c->skip;
    c->skip -= passed;
    c->start += passed;
  }
  enum step outcome = READ_ON;
  if (!c->is_open) outcome = handshake(c);
  if (outcome != CLOSE && c->is_open) {
    if (c->is_websocket) {
      outcome = frames(c);
    } else {
      const uint8_t *at = c->input + c->start;
      outcome = packets(c, &at, c->input + c->end, &c->skip);
      c->start = (size_t)(at - c->input);
    }
  }
  /* what is left is the beginning of something, to stand before what comes */
  if (c->start) {
    memmove(c->input, c->input + c->start, c->end - c->start);
    c->end -= c->start;
    c->start = 0;
  }
  return outcome;
}

/* Reads what is there. Gives false where the connection is over. */
static bool serve(struct connection *c) {
  while (true) {
    size_t room = READ_SIZE - c->end;
    if (!room) return false;
    ssize_t n = recv(c->fd, c->input + c->end, room, 0);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return errno == EAGAIN;
    if (n == 0) return false;
    c->end += (size_t)n;
    enum step outcome = parse(c);
    if (!flush(c)) return false;
    if (outcome == CLOSE) return false;
    /* what the client does not take is sent before more is read */
    if (c->filled || (size_t)n < room) return true;
  }
}

static void watch(struct connection *c, int how) {
  struct epoll_event event = {.events = c->filled ? EPOLLOUT : EPOLLIN, .data.ptr = c};
  epoll_ctl(epoll, how, c->fd, &event);
}

static void *memory(size_t size) {
  void *made = calloc(1, size);
  if (!made) {
    perror("calloc");
    exit(1);
  }
  return made;
}

static void take(struct connection *listener) {
  int fd = accept4(listener->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
  if (fd < 0) return;
  int yes = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  struct connection *c = memory(sizeof *c);
  c->fd = fd;
  c->is_websocket = listener->is_websocket;
  c->is_open = !c->is_websocket;
  c->input = memory(READ_SIZE);
  c->output = memory(WRITE_SIZE);
  c->stash = memory(READ_SIZE + 2 * PACKET_LIMIT);
  watch(c, EPOLL_CTL_ADD);
}

static void end(struct connection *c) {
  close(c->fd);
  free(c->input);
  free(c->output);
  free(c->stash);
  free(c);
}

static void start_listening(struct connection *listener, bool is_websocket) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t length = sizeof address;
  listener->is_websocket = is_websocket;
  listener->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (listener->fd < 0 || bind(listener->fd, (struct sockaddr *)&address, length) || listen(listener->fd, 128) ||
      getsockname(listener->fd, (struct sockaddr *)&address, &length)) {
    perror("null_broker");
    exit(1);
  }
  printf("%s %d\n", is_websocket ? "ws" : "tcp", ntohs(address.sin_port));
  watch(listener, EPOLL_CTL_ADD);
}

int main(void) {
  static struct connection listeners[2], input = {.fd = STDIN_FILENO};
  epoll = epoll_create1(EPOLL_CLOEXEC);
  start_listening(&listeners[0], false);
  start_listening(&listeners[1], true);
  fflush(stdout);
  watch(&input, EPOLL_CTL_ADD);
  while (true) {
    struct epoll_event events[64];
    int n = epoll_wait(epoll, events, 64, -1);
    for (int i = 0; i < n; i++) {
      struct connection *c = events[i].data.ptr;
      if (c == &input) {
        char bytes[256];
        if (read(STDIN_FILENO, bytes, sizeof bytes) > 0) continue;
        printf("publishes %llu\n", (unsigned long long)publishes);
        return 0;
      }
      if (c == &listeners[0] || c == &listeners[1]) {
        take(c);
        continue;
      }
      bool had_output = c->filled > 0;
      bool goes_on = had_output ? flush(c) : serve(c);
      if (!goes_on) end(c);
      else if (had_output != (c->filled > 0)) watch(c, EPOLL_CTL_MOD);
    }
  }
}
