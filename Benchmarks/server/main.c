/* The server that every client of the comparison talks to. One thread, epoll; see ../README.md for what it does.
 *
 * Its first lines are `ws PORT` and `wss PORT`, on the loopback address; it ends when its standard input does, which has to be a pipe or a terminal. */
#include "connection.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

static int epoll;
static SSL_CTX *tls;

static int listen_on_loopback(const char *name) {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t size = sizeof address;
  if (bind(fd, (struct sockaddr *)&address, size) || listen(fd, 4096) ||
      getsockname(fd, (struct sockaddr *)&address, &size)) {
    perror("server");
    exit(1);
  }
  printf("%s %d\n", name, ntohs(address.sin_port));
  return fd;
}

static void watch(int fd, void *what) {
  struct epoll_event event = {.events = EPOLLIN, .data.ptr = what};
  if (epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event)) {
    perror("server");
    exit(1);
  }
}

static void accept_all(int listener, bool is_tls) {
  int fd;
  while ((fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0) {
    struct connection *c = calloc(1, sizeof *c);
    c->fd = fd;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
    c->is_accepted = !is_tls;
    if (is_tls) {
      c->tls = SSL_new(tls);
      SSL_set_fd(c->tls, fd);
      SSL_set_accept_state(c->tls);
    }
    watch(fd, c);
  }
}

/* False where the connection is over. */
static bool serve(struct connection *c) {
  static uint8_t input[256 * 1024];
  if (!c->is_accepted) {
    const int result = SSL_accept(c->tls);
    const int error = SSL_get_error(c->tls, result);
    ERR_clear_error();
    if (result != 1) return error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE;
    c->is_accepted = true;
  }
  ssize_t count;
  do {
    count = read_some(c, input, sizeof input);
    if (count <= 0) return count == 0;
    size_t taken = 0;
    if (!c->is_open) {
      const ssize_t opening = take_opening(c, input, (size_t)count);
      if (opening < 0) return false;
      taken = (size_t)opening;
    }
    if (taken < (size_t)count) {
      const bool goes_on = c->is_raw ? take_raw(c, input + taken, (size_t)count - taken)
                                     : take_frames(c, input + taken, (size_t)count - taken);
      if (!goes_on) return false;
    }
    /* epoll does not tell of what OpenSSL has read and holds. */
  } while (c->tls && SSL_has_pending(c->tls) && count == sizeof input);
  return true;
}

static void end(struct connection *c) {
  close(c->fd);
  SSL_free(c->tls);
  free(c->head);
  free(c);
}

int main(void) {
  signal(SIGPIPE, SIG_IGN);
  struct rlimit files;
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
  epoll = epoll_create1(EPOLL_CLOEXEC);
  if (!(tls = make_tls())) {
    fprintf(stderr, "server: OpenSSL makes no certificate\n");
    return 1;
  }
  int plain = listen_on_loopback("ws"), secure = listen_on_loopback("wss"), input = STDIN_FILENO;
  fflush(stdout);
  watch(plain, &plain);
  watch(secure, &secure);
  watch(input, &input);
  for (;;) {
    struct epoll_event events[64];
    const int count = epoll_wait(epoll, events, 64, -1);
    for (int i = 0; i < count; i++) {
      void *what = events[i].data.ptr;
      if (what == &input) {
        char byte;
        if (read(input, &byte, 1) <= 0) return 0;
      } else if (what == &plain || what == &secure) {
        accept_all(*(int *)what, what == &secure);
      } else if (!serve(what)) {
        end(what);
      }
    }
  }
}
