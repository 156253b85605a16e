/* poll is zsock_poll. */
#ifndef WESTWIND_ZEPHYR_POSIX_POLL_H
#define WESTWIND_ZEPHYR_POSIX_POLL_H

#include <poll.h>

#include <zephyr/net/socket_poll.h>
#include <zephyr/posix/names.h>

#ifdef WESTWIND_POSIX_IS_FORTIFIED
#define poll zsock_poll
#else
WESTWIND_POSIX_NAME(poll, zsock_poll);
#endif

#endif
