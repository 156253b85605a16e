/* The opening: WebSocket's handshake, or the line that begins a raw connection. */
#include "connection.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { HEAD_LIMIT = 8192 };

static uint64_t number(const char *query, const char *name) {
  const char *at = strstr(query, name);
  return at ? strtoull(at + strlen(name), NULL, 10) : 0;
}

static void read_target(struct connection *c, const char *target) {
  c->workload = strncmp(target, "/sink", 5) == 0 ? SINK : strncmp(target, "/source", 7) == 0 ? SOURCE : ECHO;
  c->size = number(target, "size=");
  c->count = number(target, "count=");
  c->bytes = number(target, "bytes=");
  c->is_deflated = strstr(target, "deflate") != NULL;
}

static bool answer_handshake(struct connection *c, const char *head) {
  static const char name[] = "sec-websocket-key:", guid[] = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  const char *line = head;
  while ((line = strstr(line, "\r\n")) && strncasecmp(line + 2, name, sizeof name - 1) != 0) line += 2;
  if (!line) return false;
  line += 2 + sizeof name - 1;
  line += strspn(line, " \t");
  char joined[24 + sizeof guid];
  if (strcspn(line, " \t\r\n") != 24) return false;
  memcpy(joined, line, 24);
  memcpy(joined + 24, guid, sizeof guid);
  uint8_t digest[EVP_MAX_MD_SIZE];
  unsigned digest_count = 0;
  EVP_Digest(joined, 24 + sizeof guid - 1, digest, &digest_count, EVP_sha1(), NULL);
  char accept[32];
  EVP_EncodeBlock((uint8_t *)accept, digest, (int)digest_count);
  char answer[512];
  int count = snprintf(
      answer, sizeof answer,
      "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: %s\r\n%s\r\n",
      accept,
      c->is_deflated ? "Sec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover; "
                       "client_no_context_takeover\r\n"
                     : "");
  return write_all(c, (uint8_t *)answer, (size_t)count);
}

static bool answer_opening(struct connection *c, char *head) {
  char *target = strchr(head, ' ');
  if (!target) return false;
  target++;
  c->is_raw = strncmp(head, "RAW ", 4) == 0;
  char *end = target + strcspn(target, " \r\n");
  const char after = *end;
  *end = 0;
  read_target(c, target);
  *end = after;
  return c->is_raw ? write_all(c, (const uint8_t *)"OK\n", 3) : answer_handshake(c, head);
}

ssize_t take_opening(struct connection *c, const uint8_t *bytes, size_t count) {
  if (!c->head) c->head = malloc(HEAD_LIMIT + 1);
  for (size_t i = 0; i < count; i++) {
    if (c->head_count == HEAD_LIMIT) return -1;
    c->head[c->head_count++] = bytes[i];
    c->head[c->head_count] = 0;
    const bool is_raw = memcmp(c->head, "RAW ", c->head_count < 4 ? c->head_count : 4) == 0;
    const bool is_over = is_raw ? bytes[i] == '\n'
                                : c->head_count >= 4 && memcmp(c->head + c->head_count - 4, "\r\n\r\n", 4) == 0;
    if (!is_over) continue;
    c->is_open = answer_opening(c, (char *)c->head);
    free(c->head);
    c->head = NULL;
    return c->is_open ? (ssize_t)i + 1 : -1;
  }
  return (ssize_t)count;
}
