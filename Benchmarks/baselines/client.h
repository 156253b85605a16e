/* What the clients in C share: the command line, a connected socket, the clock, and the line that is printed. */
#ifndef CLIENT_H
#define CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct client {
  const char *workload;
  const char *port;
  bool is_tls;
  size_t size, count;
};

/* A socket, and OpenSSL's object where it is secure. */
struct stream {
  int fd;
  struct ssl_st *tls;
};

struct client read_arguments(int count, char **arguments);

struct stream open_stream(const struct client *client);
void close_stream(struct stream *stream);
/* All of it. */
void put(struct stream *stream, const void *bytes, size_t count);
/* What one call gives: a byte at least. */
size_t get(struct stream *stream, void *bytes, size_t count);

void start_clock(void);
void stop_clock(void);
/* Bytes of memory that are the process's own. */
size_t private_memory(void);

_Noreturn void fail(const char *what);
/* For a workload that the client does not have. */
_Noreturn void has_none(void);

#endif
