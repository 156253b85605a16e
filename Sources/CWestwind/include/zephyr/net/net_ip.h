/* Addresses are Linux's own structures; this adds the names that Zephyr has beside them, and its functions for addresses. */
#ifndef WESTWIND_ZEPHYR_NET_NET_IP_H
#define WESTWIND_ZEPHYR_NET_NET_IP_H

/* With -pedantic GCC objects to arguments for a transparent_union (below), unless a system header has the function. */
#pragma GCC system_header

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#ifndef _LINUX_IF_H /* the kernel's header stands behind the C library's, but not before it */
#include <net/if.h>
#endif

/* Protocols of zsock_socket that make a TLS socket. The version is the oldest that will do: nothing below 1.2 is spoken, so
 * the first three mean the same. There is no DTLS. */
#define IPPROTO_TLS_1_0 256
#define IPPROTO_TLS_1_1 257
#define IPPROTO_TLS_1_2 258
#define IPPROTO_TLS_1_3 259
#define IPPROTO_DTLS_1_0 272
#define IPPROTO_DTLS_1_2 273

/* An address of any family with room for one of IPv6, as in Zephyr: Linux's struct sockaddr has none. A pointer to it goes
 * wherever the functions here take one to struct sockaddr, without a cast. */
#ifdef __cplusplus
struct __attribute__((may_alias, aligned(4))) net_sockaddr : sockaddr {
  char more[sizeof(sockaddr_in6) - sizeof(sockaddr)];
};
#else
struct net_sockaddr {
  sa_family_t sa_family;
  char data[sizeof(struct sockaddr_in6) - sizeof(sa_family_t)];
} __attribute__((may_alias, aligned(4)));
#endif

/* What the functions here take: a pointer to struct sockaddr, or to struct net_sockaddr. In C it is a union of both that any
 * of its members may be passed for (GCC's and Clang's transparent_union); in C++ net_sockaddr is derived from sockaddr. */
#if defined(__cplusplus) || defined(__swift__)
#define WESTWIND_ADDRESS struct sockaddr *
#define WESTWIND_CONST_ADDRESS const struct sockaddr *
#define WESTWIND_ADDRESS_POINTER(address) (address)
#else
typedef union {
  struct sockaddr *pointer;
  struct net_sockaddr *net_pointer;
} __attribute__((transparent_union)) westwind_address_t;
typedef union {
  const struct sockaddr *pointer;
  const struct net_sockaddr *net_pointer;
} __attribute__((transparent_union)) westwind_const_address_t;
#define WESTWIND_ADDRESS westwind_address_t
#define WESTWIND_CONST_ADDRESS westwind_const_address_t
#define WESTWIND_ADDRESS_POINTER(address) ((address).pointer)
#endif

#include <zephyr/net/net_compat.h>

#ifdef __cplusplus
extern "C" {
#endif

/* An address of any family, seen as one of IPv4. */
static inline struct sockaddr_in *net_sin(WESTWIND_CONST_ADDRESS address) {
  return (struct sockaddr_in *)WESTWIND_ADDRESS_POINTER(address);
}

/* An address of any family, seen as one of IPv6. */
static inline struct sockaddr_in6 *net_sin6(WESTWIND_CONST_ADDRESS address) {
  return (struct sockaddr_in6 *)WESTWIND_ADDRESS_POINTER(address);
}

/* An address of any family, seen as one of the file system. */
static inline struct sockaddr_un *net_sun(WESTWIND_CONST_ADDRESS address) {
  return (struct sockaddr_un *)WESTWIND_ADDRESS_POINTER(address);
}

/* Copies an address (struct in_addr, struct in6_addr) from one pointer to another. */
#define net_ipaddr_copy(dest, src) memcpy((dest), (src), sizeof *(dest))

/* Room for an address as text. */
#define NET_IPV4_ADDR_LEN INET_ADDRSTRLEN
#define NET_IPV6_ADDR_LEN INET6_ADDRSTRLEN

/* Writes an IPv4 or IPv6 address as text.
 *
 * dst, size  room for it: NET_IPV4_ADDR_LEN, NET_IPV6_ADDR_LEN.
 *
 * Returns dst, or NULL for another family or too little room. */
static inline char *net_addr_ntop(sa_family_t family, const void *src, char *dst, size_t size) {
  return inet_ntop(family, src, dst, (socklen_t)size) ? dst : NULL;
}

/* Reads an IPv4 or IPv6 address from text.
 *
 * dst  a struct in_addr or struct in6_addr
 *
 * Returns 0, or a negative number for another family, or for text that is no address. */
static inline int net_addr_pton(sa_family_t family, const char *src, void *dst) {
  return inet_pton(family, src, dst) == 1 ? 0 : -22; /* -EINVAL */
}

/* Reads "192.0.2.1", "192.0.2.1:80", "2001:db8::1", "[2001:db8::1]" or "[2001:db8::1]:80".
 *
 * str, str_len  the text; it may end earlier with a NUL.
 * addr          room for either family, as struct net_sockaddr and struct sockaddr_storage have. Where the text has no port,
 *               that of addr stays as it is.
 *
 * Returns false for anything else; addr is untouched then. */
static inline bool net_ipaddr_parse(const char *str, size_t str_len, WESTWIND_ADDRESS addr) {
  char text[INET6_ADDRSTRLEN];
  if (!str || !WESTWIND_ADDRESS_POINTER(addr)) return false;
  const char *nul = (const char *)memchr(str, 0, str_len);
  size_t length = nul ? (size_t)(nul - str) : str_len;
  const char *host = str, *end = str + length, *port = NULL;
  bool is_bracketed = length > 0 && *str == '[';
  if (is_bracketed) {
    const char *bracket = (const char *)memchr(str, ']', length);
    if (!bracket || (bracket + 1 != end && bracket[1] != ':')) return false;
    if (bracket + 1 != end) port = bracket + 2;
    host = str + 1;
    length = (size_t)(bracket - host);
  } else if (length > 0) {
    const char *colon = (const char *)memchr(str, ':', length);
    /* More than one colon belongs to an IPv6 address. */
    if (colon && !memchr(colon + 1, ':', (size_t)(end - colon - 1))) {
      port = colon + 1;
      length = (size_t)(colon - host);
    }
  }
  if (length == 0 || length >= sizeof text) return false;
  memcpy(text, host, length);
  text[length] = 0;
  unsigned number = 0;
  for (const char *digit = port; port && digit != end; digit++) {
    if (*digit < '0' || *digit > '9' || (number = number * 10 + (unsigned)(*digit - '0')) > 65535) return false;
  }
  if (port == end) return false;
  struct in_addr ipv4;
  struct in6_addr ipv6;
  if (!is_bracketed && inet_pton(AF_INET, text, &ipv4) == 1) {
    net_sin(WESTWIND_ADDRESS_POINTER(addr))->sin_family = AF_INET;
    net_sin(WESTWIND_ADDRESS_POINTER(addr))->sin_addr = ipv4;
    if (port) net_sin(WESTWIND_ADDRESS_POINTER(addr))->sin_port = htons((uint16_t)number);
    return true;
  }
  if ((is_bracketed || !port) && inet_pton(AF_INET6, text, &ipv6) == 1) {
    net_sin6(WESTWIND_ADDRESS_POINTER(addr))->sin6_family = AF_INET6;
    net_sin6(WESTWIND_ADDRESS_POINTER(addr))->sin6_addr = ipv6;
    if (port) net_sin6(WESTWIND_ADDRESS_POINTER(addr))->sin6_port = htons((uint16_t)number);
    return true;
  }
  return false;
}

/* The family's name, or NULL. */
static inline const char *net_family2str(sa_family_t family) {
  switch (family) {
    case AF_UNSPEC: return "AF_UNSPEC";
    case AF_INET: return "AF_INET";
    case AF_INET6: return "AF_INET6";
    case AF_PACKET: return "AF_PACKET";
    case AF_CAN: return "AF_CAN";
    case AF_UNIX: return "AF_UNIX";
    default: return NULL;
  }
}

#ifdef __cplusplus
}
#endif

#endif
