/* The functions of <unistd.h> for descriptors of every kind: close is zsock_close; read and write are recv and send without
 * flags on a TLS socket and a WebSocket. In C++ with _FORTIFY_SOURCE read stays the kernel's, since streams have a method of
 * that name. */
#ifndef WESTWIND_ZEPHYR_POSIX_UNISTD_H
#define WESTWIND_ZEPHYR_POSIX_UNISTD_H

#include <unistd.h>

#include <zephyr/net/socket.h>
#include <zephyr/posix/names.h>

WESTWIND_POSIX_NAME(close, zsock_close);
WESTWIND_POSIX_NAME(write, westwind_write);
#ifndef WESTWIND_POSIX_IS_FORTIFIED
WESTWIND_POSIX_NAME(read, westwind_read);
#elif !defined(__cplusplus)
#define read westwind_read
#endif

#endif
