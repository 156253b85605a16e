#include "connection.h"

#include <errno.h>
#include <openssl/err.h>
#include <poll.h>
#include <sys/socket.h>

static bool wait_for(const struct connection *c, short events) {
  struct pollfd entry = {.fd = c->fd, .events = events};
  return poll(&entry, 1, 10000) == 1;
}

static ssize_t read_tls(struct connection *c, uint8_t *bytes, size_t count) {
  size_t total = 0;
  /* A record at a time: as many as fit, since epoll knows nothing of what OpenSSL holds. */
  while (total < count) {
    size_t n = 0;
    if (SSL_read_ex(c->tls, bytes + total, count - total, &n) == 1) {
      total += n;
      continue;
    }
    if (total > 0) break; /* an end is seen again by the next call */
    int error = SSL_get_error(c->tls, 0);
    ERR_clear_error();
    return error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE ? 0 : -1;
  }
  ERR_clear_error();
  return (ssize_t)total;
}

ssize_t read_some(struct connection *c, uint8_t *bytes, size_t count) {
  if (c->tls) return read_tls(c, bytes, count);
  ssize_t n = recv(c->fd, bytes, count, 0);
  if (n > 0) return n;
  return n < 0 && (errno == EAGAIN || errno == EINTR) ? 0 : -1;
}

static bool write_tls(struct connection *c, const uint8_t *bytes, size_t count) {
  for (size_t sent = 0; sent < count;) {
    size_t n = 0;
    if (SSL_write_ex(c->tls, bytes + sent, count - sent, &n) == 1) {
      sent += n;
      continue;
    }
    int error = SSL_get_error(c->tls, 0);
    ERR_clear_error();
    if (error != SSL_ERROR_WANT_WRITE || !wait_for(c, POLLOUT)) return false;
  }
  return true;
}

bool write_all(struct connection *c, const uint8_t *bytes, size_t count) {
  if (c->tls) return write_tls(c, bytes, count);
  for (size_t sent = 0; sent < count;) {
    ssize_t n = send(c->fd, bytes + sent, count - sent, MSG_NOSIGNAL);
    if (n >= 0) {
      sent += (size_t)n;
    } else if (errno == EAGAIN) {
      if (!wait_for(c, POLLOUT)) return false;
    } else if (errno != EINTR) {
      return false;
    }
  }
  return true;
}
