/* What the socket calls share beside addresses. */
#ifndef WESTWIND_ZEPHYR_NET_SOCKET_TYPES_H
#define WESTWIND_ZEPHYR_NET_SOCKET_TYPES_H

#include <sys/time.h>
#include <sys/types.h>

/* A time that zsock_select waits. */
#define zsock_timeval timeval

#endif
