/* The POSIX names stay functions: members and variables have them, macros are their arguments, and their addresses are the
 * library's. Built with _FORTIFY_SOURCE too, with which the C library defines some of them itself. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

struct transport {
  ssize_t (*send)(int, const void *, size_t, int);
  int (*close)(int);
  int (*shutdown)(int, int);
};

#define CONFIG_NET_SOCKETS_POSIX_NAMES 1
#include "check.h"

#include <zephyr/net/socket.h>
#include <zephyr/net/websocket.h>

#define BUF_AND_SIZE(buffer) buffer, sizeof(buffer)
#define EVERYTHING(ws) ws, "two", 3, 0

static int (*close_it)(int) = close;
static ssize_t (*receive_it)(int, void *, size_t, int) = recv;

static ssize_t send_one(int socket) { return send(socket, "one", 3, 0); }

int main(void) {
  int ends[2];
  CHECK_IS(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
  uint8_t memory[200];
  int ws = websocket_register(ends[0], memory, sizeof memory);
  CHECK(ws >= 0);
  struct transport transport = {send, close, shutdown}, *t = &transport;
  char wire[64], got[64];
  CHECK_IS(send_one(ws), 3);
  CHECK_IS(t->send(ws, "two", 3, 0), 3);
  CHECK_IS(send(EVERYTHING(ws)), 3);
  CHECK_IS(write(ws, "one", 3), 3);
  CHECK_IS(read(ends[1], wire, sizeof wire), 20);
  CHECK(memcmp(wire, "\x81\3one\x81\3two\x81\3two\x81\3one", 20) == 0);

  CHECK_IS(write(ends[1], "\x81\x82\0\0\0\0hi\x81\x82\0\0\0\0ho\x81\x82\0\0\0\0hu", 24), 24);
  struct pollfd entry = {ws, POLLIN, 0};
  CHECK_IS(poll(&entry, 1, 20000), 1);
  CHECK_IS(entry.revents, POLLIN);
  CHECK_IS(recv(ws, BUF_AND_SIZE(got), 0), 2);
  CHECK_IS(receive_it(ws, got, sizeof got, 0), 2);
#if !defined(__cplusplus) || !defined(WESTWIND_POSIX_IS_FORTIFIED)
  CHECK_IS(read(ws, got, sizeof got), 2);
#else
  CHECK_IS(recvfrom(ws, got, sizeof got, 0, NULL, NULL), 2);
#endif
  CHECK(memcmp(got, "hu", 2) == 0);
  CHECK_IS(fcntl(ws, F_GETFL), O_RDWR);
  CHECK_IS(fcntl(ws, F_SETFL, O_NONBLOCK), 0);
  CHECK_IS(fcntl(ws, F_GETFL), O_RDWR | O_NONBLOCK);

  /* Files are the kernel's, locks and all. */
  int pipes[2];
  CHECK_IS(pipe(pipes), 0);
  CHECK_IS(write(pipes[1], "x", 1), 1);
  CHECK_IS(read(pipes[0], got, 2), 1);
  CHECK_IS(close(pipes[0]), 0);
  CHECK_IS(close(pipes[1]), 0);
  char name[] = "/tmp/westwind-posix-XXXXXX";
  int file = mkstemp(name);
  CHECK(file >= 0);
  struct flock lock;
  memset(&lock, 0, sizeof lock);
  lock.l_type = F_WRLCK;
  CHECK_IS(fcntl(file, F_SETLK, &lock), 0);
  CHECK_IS(fcntl(file, F_GETLK, &lock), 0);
  CHECK_IS(lock.l_type, F_UNLCK);
  CHECK_IS(close(file), 0);
  CHECK_IS(unlink(name), 0);

  CHECK_IS(t->shutdown(ws, SHUT_WR), 0);
  CHECK_IS(recv(ends[1], wire, 2, MSG_WAITALL), 2);
  CHECK(memcmp(wire, "\x88\0", 2) == 0);
  /* The kernel's close would not have ended the WebSocket. */
  CHECK_IS(close_it(ws), 0);
  CHECK_IS(websocket_recv_msg(ws, memory, 1, NULL, NULL, 0), -EBADF);
  ws = websocket_register(ends[0], memory, sizeof memory);
  CHECK(ws >= 0);
  CHECK_IS(t->close(ws), 0);
  CHECK_IS(close(ends[0]), 0);
  CHECK_IS(close(ends[1]), 0);
  return 0;
}
