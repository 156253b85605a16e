/* A connection of the neutral server, and how bytes go in and out of it. */
#ifndef CONNECTION_H
#define CONNECTION_H

#include <openssl/ssl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum workload { ECHO, SINK, SOURCE };

struct connection {
  int fd;
  SSL *tls; /* NULL where the connection is plain */
  bool is_accepted, is_open, is_raw, is_deflated;
  enum workload workload;
  uint64_t size, count, bytes; /* of the query: SOURCE's messages, SINK's messages or bytes */

  /* The opening, and later a frame's header, as far as they have come. */
  uint8_t *head;
  size_t head_count;
  uint8_t header[14];
  unsigned header_count;

  /* The frame whose payload is coming in. */
  uint64_t left;
  uint8_t first;
  uint8_t key[4];
  unsigned key_offset;
  bool is_in_frame;
};

/* Both give the bytes read; 0 where nothing is there yet, -1 at the end. */
ssize_t read_some(struct connection *c, uint8_t *bytes, size_t count);
/* Waits for room where there is none. False where the peer is gone, or takes nothing for ten seconds. */
bool write_all(struct connection *c, const uint8_t *bytes, size_t count);

/* Takes bytes of the opening. Gives how many of them belong to it; -1 where it is none. `is_open` once it is over. */
ssize_t take_opening(struct connection *c, const uint8_t *bytes, size_t count);
/* Takes bytes that follow the opening. False where the connection is over. */
bool take_frames(struct connection *c, const uint8_t *bytes, size_t count);
bool take_raw(struct connection *c, const uint8_t *bytes, size_t count);
/* Sends the messages that the query of SOURCE asks for. */
bool send_source(struct connection *c);

/* A certificate of its own making, for 127.0.0.1. */
SSL_CTX *make_tls(void);

#endif
