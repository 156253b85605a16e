/* A server's end of a connection, over TCP or TLS 1.3: OpenSSL's own, on a thread of the same program. */
#ifndef PEER_H
#define PEER_H

#include "blocked.h"

#include <openssl/ssl.h>

struct peer {
  int socket;
  SSL *tls; /* NULL: plain */
};

/* The certificate's context; as many session tickets are sent as asked. */
static inline SSL_CTX *peer_context(const char *certificate, const char *key, int tickets) {
  SSL_CTX *context = SSL_CTX_new(TLS_server_method());
  CHECK(context != NULL);
  CHECK_IS(SSL_CTX_use_certificate_file(context, certificate, SSL_FILETYPE_PEM), 1);
  CHECK_IS(SSL_CTX_use_PrivateKey_file(context, key, SSL_FILETYPE_PEM), 1);
  CHECK_IS(SSL_CTX_set_min_proto_version(context, TLS1_3_VERSION), 1);
  CHECK_IS(SSL_CTX_set_num_tickets(context, (size_t)tickets), 1);
  return context;
}

/* Takes a connection, and shakes hands where there is a context. Returns false if the client went away. */
static inline bool peer_accept(struct peer *peer, int listener, SSL_CTX *context) {
  peer->tls = NULL;
  peer->socket = accept(listener, NULL, NULL);
  CHECK(peer->socket >= 0);
  if (!context) return true;
  peer->tls = SSL_new(context);
  CHECK_IS(SSL_set_fd(peer->tls, peer->socket), 1);
  return SSL_accept(peer->tls) == 1;
}

static inline bool peer_write(struct peer *peer, const void *bytes, size_t count) {
  if (peer->tls) return SSL_write(peer->tls, bytes, (int)count) == (int)count;
  return send(peer->socket, bytes, count, MSG_NOSIGNAL) == (ssize_t)count;
}

/* Reads one byte; false at the end of the stream. */
static inline bool peer_read(struct peer *peer, uint8_t *byte) {
  if (peer->tls) return SSL_read(peer->tls, byte, 1) == 1;
  return recv(peer->socket, byte, 1, 0) == 1;
}

/* Answers a WebSocket's opening handshake, with the subprotocol where there is one. */
static inline bool peer_upgrade(struct peer *peer, const char *protocol) {
  char request[4096], accept[32], text[512];
  size_t count = 0;
  do {
    CHECK(count + 1 < sizeof request);
    if (!peer_read(peer, (uint8_t *)request + count)) return false;
    request[++count] = 0;
  } while (!strstr(request, "\r\n\r\n"));
  accept_value(request, accept);
  snprintf(text, sizeof text, SWITCHING "Sec-WebSocket-Accept: %s\r\n%s%s%s\r\n", accept,
           protocol ? "Sec-WebSocket-Protocol: " : "", protocol ? protocol : "", protocol ? "\r\n" : "");
  return peer_write(peer, text, strlen(text));
}

static inline void peer_close(struct peer *peer) {
  if (peer->tls) SSL_free(peer->tls);
  peer->tls = NULL;
  close(peer->socket);
}

static inline void pause_for(int milliseconds) {
  struct timespec time = {milliseconds / 1000, milliseconds % 1000 * 1000000L};
  nanosleep(&time, NULL);
}

#endif
