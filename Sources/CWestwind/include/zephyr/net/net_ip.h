/* Addresses are Linux's own structures; this adds the names that Zephyr has beside them. */
#ifndef WESTWIND_ZEPHYR_NET_NET_IP_H
#define WESTWIND_ZEPHYR_NET_NET_IP_H

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

/* Protocols of zsock_socket that make a TLS socket. The version is the oldest that will do: nothing below 1.2 is spoken, so
 * the first three mean the same. There is no DTLS. */
#define IPPROTO_TLS_1_0 256
#define IPPROTO_TLS_1_1 257
#define IPPROTO_TLS_1_2 258
#define IPPROTO_TLS_1_3 259
#define IPPROTO_DTLS_1_0 272
#define IPPROTO_DTLS_1_2 273

#ifdef __cplusplus
extern "C" {
#endif

/* An address of any family, seen as one of IPv4. */
static inline struct sockaddr_in *net_sin(const struct sockaddr *address) { return (struct sockaddr_in *)address; }

/* An address of any family, seen as one of IPv6. */
static inline struct sockaddr_in6 *net_sin6(const struct sockaddr *address) { return (struct sockaddr_in6 *)address; }

#ifdef __cplusplus
}
#endif

#endif
