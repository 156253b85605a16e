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

/* The same by the names that Zephyr has for it since 4.4. */
#define net_sockaddr sockaddr
#define net_sockaddr_in sockaddr_in
#define net_sockaddr_in6 sockaddr_in6
#define net_sockaddr_storage sockaddr_storage
#define net_in_addr in_addr
#define net_in6_addr in6_addr
#define net_msghdr msghdr
#define net_iovec iovec
#define net_cmsghdr cmsghdr
#define net_socklen_t socklen_t
#define net_sa_family_t sa_family_t
#define net_htons(number) htons(number)
#define net_htonl(number) htonl(number)
#define net_ntohs(number) ntohs(number)
#define net_ntohl(number) ntohl(number)
#define NET_AF_UNSPEC AF_UNSPEC
#define NET_AF_INET AF_INET
#define NET_AF_INET6 AF_INET6
#define NET_SOCK_STREAM SOCK_STREAM
#define NET_SOCK_DGRAM SOCK_DGRAM
#define NET_IPPROTO_TCP IPPROTO_TCP
#define NET_IPPROTO_UDP IPPROTO_UDP
#define NET_IPPROTO_TLS_1_0 IPPROTO_TLS_1_0
#define NET_IPPROTO_TLS_1_1 IPPROTO_TLS_1_1
#define NET_IPPROTO_TLS_1_2 IPPROTO_TLS_1_2
#define NET_IPPROTO_TLS_1_3 IPPROTO_TLS_1_3

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
