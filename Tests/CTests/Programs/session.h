/* A WebSocket of either role, and its peer's socket. Servers are threads of the same program. */
#ifndef SESSION_H
#define SESSION_H

/* The functions of SHA-1 alone: SHA1() of OpenSSL 3 takes locks of the process, which a child of fork may find taken. */
#define OPENSSL_SUPPRESS_DEPRECATED

#include "wire.h"

#include <openssl/evp.h>
#include <openssl/sha.h>
#include <pthread.h>
#include <westwind.h>

/* The value of Sec-WebSocket-Accept that belongs to a request (RFC 6455 4.2.2). */
static inline void accept_value(const char *request, char value[32]) {
  const char *key = strstr(request, "Sec-WebSocket-Key: ");
  CHECK(key != NULL);
  char text[64];
  snprintf(text, sizeof text, "%.24s258EAFA5-E914-47DA-95CA-C5AB0DC85B11", key + 19);
  uint8_t digest[SHA_DIGEST_LENGTH];
  SHA_CTX sha1;
  SHA1_Init(&sha1);
  SHA1_Update(&sha1, text, strlen(text));
  SHA1_Final(digest, &sha1);
  EVP_EncodeBlock((uint8_t *)value, digest, sizeof digest);
}

/* Reads a request to the end of its head. */
static inline void read_request(int socket, char *request, size_t size) {
  size_t count = 0;
  do {
    CHECK(count + 1 < size);
    read_all(socket, request + count, 1);
    request[++count] = 0;
  } while (!strstr(request, "\r\n\r\n"));
}

#define SWITCHING "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"

/* A server's side of the handshake, on a thread. */
struct server {
  int socket;
  /* Writes the answer. `accept` is the value that belongs to the request; `context` is the test's. */
  void (*answer)(int socket, const char *accept, const void *context);
  const void *context;
  char request[4096]; /* what came */
  pthread_t thread;
};

static inline void write_text(int socket, const char *text) { write_all(socket, text, strlen(text)); }

/* The answer of a server that agrees. */
static inline void agree(int socket, const char *accept, const void *context) {
  (void)context;
  char text[256];
  snprintf(text, sizeof text, SWITCHING "Sec-WebSocket-Accept: %s\r\n\r\n", accept);
  write_text(socket, text);
}

/* The answer is the context, a text; where there is none, no answer. */
static inline void say(int socket, const char *accept, const void *context) {
  (void)accept;
  if (context) write_text(socket, (const char *)context);
}

static inline void *server_run(void *argument) {
  struct server *server = (struct server *)argument;
  read_request(server->socket, server->request, sizeof server->request);
  char accept[32];
  accept_value(server->request, accept);
  server->answer(server->socket, accept, server->context);
  return NULL;
}

static inline void server_start(struct server *server, int socket, void (*answer)(int, const char *, const void *),
                                const void *context) {
  memset(server, 0, sizeof *server);
  server->socket = socket;
  server->answer = answer;
  server->context = context;
  CHECK_IS(pthread_create(&server->thread, NULL, server_run, server), 0);
}

static inline void server_join(struct server *server) { CHECK_IS(pthread_join(server->thread, NULL), 0); }

/* A request with all that is needed, and nothing more. */
static inline struct websocket_request plain_request(void *memory, size_t size) {
  struct websocket_request request;
  memset(&request, 0, sizeof request);
  request.host = "localhost";
  request.url = "/";
  request.tmp_buf = (uint8_t *)memory;
  request.tmp_buf_len = size;
  return request;
}

struct session {
  int ws;
  int socket; /* below the WebSocket */
  int peer;
  uint8_t memory[300];
};

static inline void open_server(struct session *session) {
  tcp_pair(&session->socket, &session->peer);
  session->ws = websocket_register(session->socket, session->memory, sizeof session->memory);
  CHECK(session->ws >= 0);
}

/* Over the two sockets that are there. */
static inline void open_client_over(struct session *session) {
  struct server server;
  server_start(&server, session->peer, agree, NULL);
  struct websocket_request request = plain_request(session->memory, sizeof session->memory);
  session->ws = websocket_connect(session->socket, &request, 30000, NULL);
  CHECK(session->ws >= 0);
  server_join(&server);
}

/* Over a pair of sockets that are not of TCP, which goes on moving bytes to the peer's buffer: these can be filled. */
static inline void open_client_to_fill(struct session *session) {
  int ends[2];
  CHECK_IS(zsock_socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
  session->socket = ends[0];
  session->peer = ends[1];
  open_client_over(session);
}

static inline void open_client(struct session *session) {
  tcp_pair(&session->socket, &session->peer);
  open_client_over(session);
}

static inline void end(struct session *session) {
  websocket_disconnect(session->ws);
  close(session->socket);
  close(session->peer);
}

#endif
