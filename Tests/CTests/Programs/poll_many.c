/* As many descriptors as the process may have open, or nearly: zsock_poll and zsock_select take as many as poll and select. */
#include "session.h"

#include <poll.h>
#include <sys/resource.h>
#include <sys/select.h>

enum { LIMIT = 1024, MANY = 1000 };

static int ends[MANY];
static struct zsock_pollfd entries[MANY + 2];

static void poll_many(void) {
  for (int i = 0; i < MANY; i++) {
    entries[i].fd = ends[i];
    entries[i].events = ZSOCK_POLLIN;
  }
  CHECK_IS(zsock_poll(entries, MANY, 10), 0);
  write_all(ends[MANY - 1], "x", 1);
  CHECK_IS(zsock_poll(entries, MANY, 10000), 1);
  CHECK_IS(entries[MANY - 2].revents, ZSOCK_POLLIN);
  /* As poll(2): a number below 0 is passed over. */
  entries[0].fd = -1;
  CHECK_IS(zsock_poll(entries, MANY, 10000), 1);
  CHECK_IS(entries[0].revents, 0);
}

static void select_many(void) {
  zsock_fd_set readable, writable;
  ZSOCK_FD_ZERO(&readable);
  ZSOCK_FD_ZERO(&writable);
  int highest = 0;
  for (int i = 0; i < MANY; i++) {
    ZSOCK_FD_SET(ends[i], &readable);
    ZSOCK_FD_SET(ends[i], &writable);
    if (ends[i] > highest) highest = ends[i];
  }
  struct timeval time = {10, 0};
  CHECK_IS(zsock_select(highest + 1, &readable, &writable, NULL, &time), MANY + 1);
  CHECK(ZSOCK_FD_ISSET(ends[MANY - 2], &readable));
}

/* Two numbers each: one for input, one for output. */
static void poll_layers(struct session *session) {
  for (int i = 0; i < MANY + 2; i++) {
    entries[i].fd = i % 2 ? session->ws : session->socket;
    entries[i].events = ZSOCK_POLLIN | ZSOCK_POLLOUT;
  }
  CHECK_IS(zsock_poll(entries, MANY + 2, 10000), MANY + 2);
  for (int i = 0; i < MANY + 2; i++) CHECK_IS(entries[i].revents, ZSOCK_POLLOUT);
  send_frame(session->peer, 0x82, false, "abc", 3);
  while (!(entries[0].revents & ZSOCK_POLLIN)) CHECK_IS(zsock_poll(entries, MANY + 2, 10000), MANY + 2);
  CHECK_IS(entries[MANY + 1].revents, ZSOCK_POLLIN | ZSOCK_POLLOUT);
}

int main(void) {
  struct session session;
  open_client(&session);
  struct rlimit limit = {LIMIT, LIMIT};
  CHECK_IS(setrlimit(RLIMIT_NOFILE, &limit), 0);
  for (int i = 0; i < MANY; i += 2) CHECK_IS(socketpair(AF_UNIX, SOCK_STREAM, 0, ends + i), 0);
  poll_many();
  select_many();
  poll_layers(&session);
  end(&session);
  return 0;
}
