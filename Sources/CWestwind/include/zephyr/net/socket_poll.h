/* Waiting for one of several descriptors, of any kinds. */
#ifndef WESTWIND_ZEPHYR_NET_SOCKET_POLL_H
#define WESTWIND_ZEPHYR_NET_SOCKET_POLL_H

#include <poll.h>

#ifdef __cplusplus
extern "C" {
#endif

#define ZSOCK_POLLIN 1
#define ZSOCK_POLLPRI 2
#define ZSOCK_POLLOUT 4
#define ZSOCK_POLLERR 8
#define ZSOCK_POLLHUP 0x10
#define ZSOCK_POLLNVAL 0x20

/* One descriptor to wait for: Linux's structure, as in poll. One that is negative is passed over. */
#define zsock_pollfd pollfd

/* Waits until one of nfds descriptors, of any kinds, is ready; timeout in milliseconds, negative without end. Returns how many
 * have something in revents. As many may be polled as by poll.
 *
 * ZSOCK_POLLIN means that there is something for the program to receive, or the end: it is decrypted and parsed here, so a
 * session ticket of TLS 1.3, a PING that the library answers, and half a frame are nothing. Unlike Zephyr's, it sees what is
 * buffered in TLS sockets and WebSockets, also when the socket below one is polled. */
int zsock_poll(struct zsock_pollfd *fds, int nfds, int timeout);

#ifdef __cplusplus
}
#endif

#endif
