#include "client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

void fail(const char *what) {
  perror(what);
  exit(1);
}

void has_none(void) { exit(3); }

struct client read_arguments(int count, char **arguments) {
  const char *port = count == 5 ? strrchr(arguments[2], ':') : NULL;
  if (!port) {
    fprintf(stderr, "usage: %s WORKLOAD ws://127.0.0.1:PORT SIZE COUNT\n", arguments[0]);
    exit(2);
  }
  struct rlimit files;
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
  return (struct client){
      .workload = arguments[1],
      .port = port + 1,
      .is_tls = strncmp(arguments[2], "wss:", 4) == 0,
      .size = strtoull(arguments[3], NULL, 10),
      .count = strtoull(arguments[4], NULL, 10)};
}

struct stream open_stream(const struct client *client) {
  static SSL_CTX *context;
  struct stream stream = {.fd = socket(AF_INET, SOCK_STREAM, 0)};
  struct sockaddr_in address = {
      .sin_family = AF_INET,
      .sin_port = htons((uint16_t)atoi(client->port)),
      .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  if (connect(stream.fd, (struct sockaddr *)&address, sizeof address)) fail("connect");
  setsockopt(stream.fd, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
  if (client->is_tls) {
    if (!context) context = SSL_CTX_new(TLS_client_method());
    stream.tls = SSL_new(context);
    SSL_set_fd(stream.tls, stream.fd);
    if (SSL_connect(stream.tls) != 1) fail("SSL_connect");
  }
  return stream;
}

void close_stream(struct stream *stream) {
  SSL_free(stream->tls);
  close(stream->fd);
}

void put(struct stream *stream, const void *bytes, size_t count) {
  for (size_t sent = 0; sent < count;) {
    const char *at = (const char *)bytes + sent;
    size_t n = 0;
    if (stream->tls) {
      if (SSL_write_ex(stream->tls, at, count - sent, &n) != 1) fail("SSL_write");
    } else {
      const ssize_t result = send(stream->fd, at, count - sent, MSG_NOSIGNAL);
      if (result < 0) fail("send");
      n = (size_t)result;
    }
    sent += n;
  }
}

size_t get(struct stream *stream, void *bytes, size_t count) {
  size_t n = 0;
  if (stream->tls) {
    if (SSL_read_ex(stream->tls, bytes, count, &n) != 1) fail("SSL_read");
    return n;
  }
  const ssize_t result = recv(stream->fd, bytes, count, 0);
  if (result <= 0) fail("recv");
  return (size_t)result;
}

static struct timespec started;
static struct rusage used;

void start_clock(void) {
  getrusage(RUSAGE_SELF, &used);
  clock_gettime(CLOCK_MONOTONIC, &started);
}

static double between(struct timeval from, struct timeval to) {
  return (double)(to.tv_sec - from.tv_sec) + (double)(to.tv_usec - from.tv_usec) / 1e6;
}

void stop_clock(void) {
  struct timespec now;
  struct rusage usage;
  clock_gettime(CLOCK_MONOTONIC, &now);
  getrusage(RUSAGE_SELF, &usage);
  const double seconds = (double)(now.tv_sec - started.tv_sec) + (double)(now.tv_nsec - started.tv_nsec) / 1e9;
  printf(
      "{\"seconds\": %.6f, \"user\": %.6f, \"system\": %.6f}\n", seconds, between(used.ru_utime, usage.ru_utime),
      between(used.ru_stime, usage.ru_stime));
}

size_t private_memory(void) {
  FILE *file = fopen("/proc/self/smaps_rollup", "r");
  char line[256];
  size_t kilobytes = 0;
  if (!file) fail("/proc/self/smaps_rollup");
  while (fgets(line, sizeof line, file)) {
    if (sscanf(line, "Private_Dirty: %zu", &kilobytes) == 1) break;
  }
  fclose(file);
  return kilobytes * 1024;
}
