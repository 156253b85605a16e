/* The names that Zephyr has since 4.4, beside those of before: both are Linux's. Included by net_ip.h. */
#ifndef WESTWIND_ZEPHYR_NET_NET_COMPAT_H
#define WESTWIND_ZEPHYR_NET_NET_COMPAT_H

#pragma GCC system_header /* as net_ip.h */

#include <endian.h>

#include <zephyr/net/net_ip.h>

/* Addresses. struct net_sockaddr is in net_ip.h. */
#define net_sockaddr_in sockaddr_in
#define net_sockaddr_in6 sockaddr_in6
#define net_sockaddr_un sockaddr_un
#define net_sockaddr_storage sockaddr_storage
#define net_in_addr in_addr
#define net_in6_addr in6_addr
#define net_in_pktinfo in_pktinfo
#define net_ip_mreq ip_mreq
#define net_ip_mreqn ip_mreqn
#define net_ipv6_mreq ipv6_mreq
#define net_ifreq ifreq
#ifdef __USE_GNU
#define net_in6_pktinfo in6_pktinfo
#else
struct net_in6_pktinfo {
  struct in6_addr ipi6_addr;
  unsigned int ipi6_ifindex;
};
#endif

#define net_msghdr msghdr
#define net_iovec iovec
#define net_cmsghdr cmsghdr
#define net_socklen_t socklen_t
#define net_sa_family_t sa_family_t
#define net_in6addr_any in6addr_any
#define net_in6addr_loopback in6addr_loopback

/* The address of a link. <netpacket/packet.h> and <linux/if_packet.h> both have it, and cannot stand beside each other. */
struct net_sockaddr_ll {
  sa_family_t sll_family;
  uint16_t sll_protocol;
  int sll_ifindex;
  uint16_t sll_hatype;
  uint8_t sll_pkttype;
  uint8_t sll_halen;
  uint8_t sll_addr[8];
};

/* Addresses by pointer. */
struct net_sockaddr_in_ptr {
  sa_family_t sin_family;
  in_port_t sin_port;
  struct in_addr *sin_addr;
};
struct net_sockaddr_in6_ptr {
  sa_family_t sin6_family;
  in_port_t sin6_port;
  struct in6_addr *sin6_addr;
  uint32_t sin6_scope_id;
};
struct net_sockaddr_ptr {
  sa_family_t family;
  char data[sizeof(struct net_sockaddr_in6_ptr) - sizeof(sa_family_t)];
};
#define sockaddr_ptr net_sockaddr_ptr
#define sockaddr_in_ptr net_sockaddr_in_ptr
#define sockaddr_in6_ptr net_sockaddr_in6_ptr

/* Byte orders. */
#define net_htons(number) htons(number)
#define net_htonl(number) htonl(number)
#define net_ntohs(number) ntohs(number)
#define net_ntohl(number) ntohl(number)
#ifndef htonll
#define htonll(number) htobe64(number)
#define ntohll(number) be64toh(number)
#endif
#define net_htonll(number) htonll(number)
#define net_ntohll(number) ntohll(number)

/* Families. */
#define NET_PF_UNSPEC PF_UNSPEC
#define NET_AF_UNSPEC AF_UNSPEC
#define NET_PF_INET PF_INET
#define NET_AF_INET AF_INET
#define NET_PF_INET6 PF_INET6
#define NET_AF_INET6 AF_INET6
#define NET_PF_PACKET PF_PACKET
#define NET_AF_PACKET AF_PACKET
#define NET_PF_CAN PF_CAN
#define NET_AF_CAN AF_CAN
#define NET_PF_LOCAL PF_LOCAL
#define NET_AF_LOCAL AF_LOCAL
#define NET_PF_UNIX PF_UNIX
#define NET_AF_UNIX AF_UNIX
/* Zephyr's own; no socket of the kernel's has it. */
#define NET_PF_NET_MGMT 0x4E4D
#define NET_AF_NET_MGMT NET_PF_NET_MGMT
#define PF_NET_MGMT NET_PF_NET_MGMT
#define AF_NET_MGMT NET_PF_NET_MGMT

enum net_sock_type {
  NET_SOCK_STREAM = SOCK_STREAM,
  NET_SOCK_DGRAM = SOCK_DGRAM,
  NET_SOCK_RAW = SOCK_RAW
};

enum net_ip_protocol {
  NET_IPPROTO_IP = IPPROTO_IP,
  NET_IPPROTO_ICMP = IPPROTO_ICMP,
  NET_IPPROTO_IGMP = IPPROTO_IGMP,
  NET_IPPROTO_ETH_P_ALL = 3, /* ETH_P_ALL */
  NET_IPPROTO_IPIP = IPPROTO_IPIP,
  NET_IPPROTO_TCP = IPPROTO_TCP,
  NET_IPPROTO_UDP = IPPROTO_UDP,
  NET_IPPROTO_IPV6 = IPPROTO_IPV6,
  NET_IPPROTO_ICMPV6 = IPPROTO_ICMPV6,
  NET_IPPROTO_RAW = IPPROTO_RAW
};
#define IPPROTO_ETH_P_ALL 3

enum net_ip_protocol_secure {
  NET_IPPROTO_TLS_1_0 = IPPROTO_TLS_1_0,
  NET_IPPROTO_TLS_1_1 = IPPROTO_TLS_1_1,
  NET_IPPROTO_TLS_1_2 = IPPROTO_TLS_1_2,
  NET_IPPROTO_TLS_1_3 = IPPROTO_TLS_1_3,
  NET_IPPROTO_DTLS_1_0 = IPPROTO_DTLS_1_0,
  NET_IPPROTO_DTLS_1_2 = IPPROTO_DTLS_1_2
};

/* Control messages. */
#define NET_CMSG_LEN(length) CMSG_LEN(length)
#define NET_CMSG_SPACE(length) CMSG_SPACE(length)
#define NET_CMSG_DATA(message) CMSG_DATA(message)
#define NET_CMSG_FIRSTHDR(header) CMSG_FIRSTHDR(header)
#define NET_CMSG_NXTHDR(header, message) CMSG_NXTHDR(header, message)
#define NET_ALIGN_H(length) CMSG_ALIGN(length)
#define NET_ALIGN_D(length) CMSG_ALIGN(length)

/* Addresses that mean something of their own. */
#ifndef INADDR_ANY_INIT
#define INADDR_ANY_INIT {INADDR_ANY}
#define INADDR_LOOPBACK_INIT {htonl(INADDR_LOOPBACK)}
#endif
#define NET_INADDR_ANY INADDR_ANY
#define NET_INADDR_BROADCAST INADDR_BROADCAST
#define NET_INADDR_ANY_INIT INADDR_ANY_INIT
#define NET_INADDR_LOOPBACK_INIT INADDR_LOOPBACK_INIT
#define NET_INET_ADDRSTRLEN INET_ADDRSTRLEN
#define NET_INET6_ADDRSTRLEN INET6_ADDRSTRLEN
#define NET_IN6ADDR_ANY_INIT IN6ADDR_ANY_INIT
#define NET_IN6ADDR_LOOPBACK_INIT IN6ADDR_LOOPBACK_INIT
#ifndef IFNAMSIZ
#define IFNAMSIZ IF_NAMESIZE
#endif
#define NET_IFNAMSIZ IFNAMSIZ
#define ZSOCK_IN6_IS_ADDR_UNSPECIFIED(address) IN6_IS_ADDR_UNSPECIFIED(address)
#define ZSOCK_IN6_IS_ADDR_LOOPBACK(address) IN6_IS_ADDR_LOOPBACK(address)
#define ZSOCK_IN6_IS_ADDR_MULTICAST(address) IN6_IS_ADDR_MULTICAST(address)
#define ZSOCK_IN6_IS_ADDR_LINKLOCAL(address) IN6_IS_ADDR_LINKLOCAL(address)
#define ZSOCK_IN6_IS_ADDR_SITELOCAL(address) IN6_IS_ADDR_SITELOCAL(address)
#define ZSOCK_IN6_IS_ADDR_V4MAPPED(address) IN6_IS_ADDR_V4MAPPED(address)
#define ZSOCK_IN6_IS_ADDR_MC_GLOBAL(address) IN6_IS_ADDR_MC_GLOBAL(address)
#define ZSOCK_IN6_IS_ADDR_MC_NODELOCAL(address) IN6_IS_ADDR_MC_NODELOCAL(address)
#define ZSOCK_IN6_IS_ADDR_MC_LINKLOCAL(address) IN6_IS_ADDR_MC_LINKLOCAL(address)
#define ZSOCK_IN6_IS_ADDR_MC_SITELOCAL(address) IN6_IS_ADDR_MC_SITELOCAL(address)
#define ZSOCK_IN6_IS_ADDR_MC_ORGLOCAL(address) IN6_IS_ADDR_MC_ORGLOCAL(address)

/* Kinds of packets. */
#define NET_PACKET_HOST 0
#define NET_PACKET_BROADCAST 1
#define NET_PACKET_MULTICAST 2
#define NET_PACKET_OTHERHOST 3
#define NET_PACKET_OUTGOING 4
#define NET_PACKET_LOOPBACK 5
#define NET_PACKET_FASTROUTE 6

/* Options of sockets. */
#define ZSOCK_SOL_SOCKET SOL_SOCKET
#define ZSOCK_SO_DEBUG SO_DEBUG
#define ZSOCK_SO_REUSEADDR SO_REUSEADDR
#define ZSOCK_SO_TYPE SO_TYPE
#define ZSOCK_SO_ERROR SO_ERROR
#define ZSOCK_SO_DONTROUTE SO_DONTROUTE
#define ZSOCK_SO_BROADCAST SO_BROADCAST
#define ZSOCK_SO_SNDBUF SO_SNDBUF
#define ZSOCK_SO_RCVBUF SO_RCVBUF
#define ZSOCK_SO_KEEPALIVE SO_KEEPALIVE
#define ZSOCK_SO_OOBINLINE SO_OOBINLINE
#define ZSOCK_SO_PRIORITY SO_PRIORITY
#define ZSOCK_SO_LINGER SO_LINGER
#define ZSOCK_SO_REUSEPORT SO_REUSEPORT
#define ZSOCK_SO_RCVLOWAT SO_RCVLOWAT
#define ZSOCK_SO_SNDLOWAT SO_SNDLOWAT
#define ZSOCK_SO_RCVTIMEO SO_RCVTIMEO
#define ZSOCK_SO_SNDTIMEO SO_SNDTIMEO
#define ZSOCK_SO_BINDTODEVICE SO_BINDTODEVICE
#define ZSOCK_SO_ACCEPTCONN SO_ACCEPTCONN
#define ZSOCK_SO_TIMESTAMPING SO_TIMESTAMPING
#define ZSOCK_SO_PROTOCOL SO_PROTOCOL
#define ZSOCK_SO_DOMAIN SO_DOMAIN
#define ZSOCK_SO_TXTIME SO_TXTIME
#define ZSOCK_SCM_TXTIME SCM_TXTIME
#ifndef SO_TXTIME
#define SO_TXTIME 61
#define SCM_TXTIME SO_TXTIME
#endif
/* Without the prefix they are enumerators of <linux/net_tstamp.h>. */
#define ZSOCK_SOF_TIMESTAMPING_TX_HARDWARE 1
#define ZSOCK_SOF_TIMESTAMPING_RX_HARDWARE 4
/* Not supported: ENOPROTOOPT. (Zephyr's number is another option of Linux.) mqtt_client_set_proxy is. */
#define SO_SOCKS5 0x5335
#define ZSOCK_SO_SOCKS5 SO_SOCKS5
/* The same in <netinet/tcp.h> and <linux/tcp.h>, which cannot stand beside each other. */
#define TCP_NODELAY 1
#define TCP_KEEPIDLE 4
#define TCP_KEEPINTVL 5
#define TCP_KEEPCNT 6
#define ZSOCK_TCP_NODELAY TCP_NODELAY
#define ZSOCK_TCP_KEEPIDLE TCP_KEEPIDLE
#define ZSOCK_TCP_KEEPINTVL TCP_KEEPINTVL
#define ZSOCK_TCP_KEEPCNT TCP_KEEPCNT
#define ZSOCK_SOMAXCONN SOMAXCONN
#ifndef IP_LOCAL_PORT_RANGE
#define IP_LOCAL_PORT_RANGE 51
#endif
#define ZSOCK_IP_TOS IP_TOS
#define ZSOCK_IP_TTL IP_TTL
#define ZSOCK_IP_PKTINFO IP_PKTINFO
#define ZSOCK_IP_RECVTTL IP_RECVTTL
#define ZSOCK_IP_MTU IP_MTU
#define ZSOCK_IP_MULTICAST_IF IP_MULTICAST_IF
#define ZSOCK_IP_MULTICAST_TTL IP_MULTICAST_TTL
#define ZSOCK_IP_MULTICAST_LOOP IP_MULTICAST_LOOP
#define ZSOCK_IP_ADD_MEMBERSHIP IP_ADD_MEMBERSHIP
#define ZSOCK_IP_DROP_MEMBERSHIP IP_DROP_MEMBERSHIP
#define ZSOCK_IP_LOCAL_PORT_RANGE IP_LOCAL_PORT_RANGE
/* <linux/in6.h> has these, which cannot stand beside <netinet/in.h>. */
#ifndef IPV6_PREFER_SRC_TMP
#define IPV6_PREFER_SRC_TMP 0x0001
#define IPV6_PREFER_SRC_PUBLIC 0x0002
#define IPV6_PREFER_SRC_PUBTMP_DEFAULT 0x0100
#define IPV6_PREFER_SRC_COA 0x0004
#define IPV6_PREFER_SRC_HOME 0x0400
#define IPV6_PREFER_SRC_CGA 0x0008
#define IPV6_PREFER_SRC_NONCGA 0x0800
#endif
#ifndef IPV6_ADDR_PREFERENCES
#define IPV6_ADDR_PREFERENCES 72
#endif
#define ZSOCK_IPV6_UNICAST_HOPS IPV6_UNICAST_HOPS
#define ZSOCK_IPV6_MULTICAST_IF IPV6_MULTICAST_IF
#define ZSOCK_IPV6_MULTICAST_HOPS IPV6_MULTICAST_HOPS
#define ZSOCK_IPV6_MULTICAST_LOOP IPV6_MULTICAST_LOOP
#define ZSOCK_IPV6_ADD_MEMBERSHIP IPV6_ADD_MEMBERSHIP
#define ZSOCK_IPV6_DROP_MEMBERSHIP IPV6_DROP_MEMBERSHIP
#define ZSOCK_IPV6_MTU IPV6_MTU
#define ZSOCK_IPV6_V6ONLY IPV6_V6ONLY
#define ZSOCK_IPV6_RECVPKTINFO IPV6_RECVPKTINFO
#define ZSOCK_IPV6_PKTINFO IPV6_PKTINFO
#define ZSOCK_IPV6_RECVHOPLIMIT IPV6_RECVHOPLIMIT
#define ZSOCK_IPV6_HOPLIMIT IPV6_HOPLIMIT
#define ZSOCK_IPV6_ADDR_PREFERENCES IPV6_ADDR_PREFERENCES
#define ZSOCK_IPV6_PREFER_SRC_TMP IPV6_PREFER_SRC_TMP
#define ZSOCK_IPV6_PREFER_SRC_PUBLIC IPV6_PREFER_SRC_PUBLIC
#define ZSOCK_IPV6_PREFER_SRC_PUBTMP_DEFAULT IPV6_PREFER_SRC_PUBTMP_DEFAULT
#define ZSOCK_IPV6_PREFER_SRC_COA IPV6_PREFER_SRC_COA
#define ZSOCK_IPV6_PREFER_SRC_HOME IPV6_PREFER_SRC_HOME
#define ZSOCK_IPV6_PREFER_SRC_CGA IPV6_PREFER_SRC_CGA
#define ZSOCK_IPV6_PREFER_SRC_NONCGA IPV6_PREFER_SRC_NONCGA
#define ZSOCK_IPV6_TCLASS IPV6_TCLASS
#ifndef IPV6_ADD_MEMBERSHIP
#define IPV6_ADD_MEMBERSHIP IPV6_JOIN_GROUP
#define IPV6_DROP_MEMBERSHIP IPV6_LEAVE_GROUP
#endif

#endif
