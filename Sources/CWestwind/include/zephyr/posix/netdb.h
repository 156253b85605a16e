/* Names and addresses are the C library's own; here are its functions also in strict C11. */
#ifndef WESTWIND_ZEPHYR_POSIX_NETDB_H
#define WESTWIND_ZEPHYR_POSIX_NETDB_H

#include <netdb.h>

#include <zephyr/net/socket.h>

#ifndef zsock_addrinfo
#define addrinfo zsock_addrinfo
#define getaddrinfo zsock_getaddrinfo
#define freeaddrinfo zsock_freeaddrinfo
#define gai_strerror zsock_gai_strerror
#define getnameinfo zsock_getnameinfo
#endif

#endif
