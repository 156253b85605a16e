/* Waiting for one of several descriptors by sets. */
#ifndef WESTWIND_ZEPHYR_NET_SOCKET_SELECT_H
#define WESTWIND_ZEPHYR_NET_SOCKET_SELECT_H

#include <sys/select.h>
#include <zephyr/net/socket_types.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef fd_set zsock_fd_set;
#define ZSOCK_FD_SETSIZE FD_SETSIZE
#define ZSOCK_FD_ZERO(set) FD_ZERO(set)
#define ZSOCK_FD_SET(fd, set) FD_SET(fd, set)
#define ZSOCK_FD_CLR(fd, set) FD_CLR(fd, set)
#define ZSOCK_FD_ISSET(fd, set) FD_ISSET(fd, set)

/* Waits until a descriptor of one of the sets is ready, as zsock_poll. timeout NULL: without end; it is not changed. EBADF where a number is not open. */
int zsock_select(int nfds, zsock_fd_set *readfds, zsock_fd_set *writefds, zsock_fd_set *exceptfds, struct timeval *timeout);

#ifdef __cplusplus
}
#endif

#endif
