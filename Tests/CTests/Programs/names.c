/* The names of Zephyr's headers to 4.4 that programs meet, the header files, and the functions for addresses. It need not run to
 * fail: a name that is missing does not compile. */
#include "check.h"

#include <zephyr/net/http/method.h>
#include <zephyr/net/http/status.h>
#include <zephyr/net/socket_poll.h>
#include <zephyr/net/socket_select.h>
#include <zephyr/net/socket_types.h>
#include <westwind.h>

/* Numbers, by macro or enumeration. */
static const long long numbers[] = {
  (long long)PF_UNSPEC, (long long)PF_INET, (long long)PF_INET6, (long long)PF_PACKET, (long long)PF_LOCAL, (long long)PF_UNIX,
  (long long)AF_UNSPEC, (long long)AF_INET, (long long)AF_INET6, (long long)AF_PACKET, (long long)AF_LOCAL, (long long)AF_UNIX,
  (long long)NET_PF_UNSPEC, (long long)NET_PF_INET, (long long)NET_PF_INET6, (long long)NET_PF_PACKET, (long long)NET_PF_CAN,
  (long long)NET_PF_NET_MGMT, (long long)NET_PF_LOCAL, (long long)NET_PF_UNIX, (long long)NET_AF_UNSPEC, (long long)NET_AF_INET,
  (long long)NET_AF_INET6, (long long)NET_AF_PACKET, (long long)NET_AF_LOCAL, (long long)NET_AF_UNIX, (long long)IPPROTO_IP,
  (long long)IPPROTO_ICMP, (long long)IPPROTO_IGMP, (long long)IPPROTO_IPIP, (long long)IPPROTO_TCP, (long long)IPPROTO_UDP,
  (long long)IPPROTO_IPV6, (long long)IPPROTO_ICMPV6, (long long)IPPROTO_RAW, (long long)IPPROTO_TLS_1_0,
  (long long)IPPROTO_TLS_1_1, (long long)IPPROTO_TLS_1_2, (long long)IPPROTO_TLS_1_3, (long long)IPPROTO_DTLS_1_0,
  (long long)IPPROTO_DTLS_1_2, (long long)NET_IPPROTO_IP, (long long)NET_IPPROTO_ICMP, (long long)NET_IPPROTO_IGMP,
  (long long)NET_IPPROTO_ETH_P_ALL, (long long)NET_IPPROTO_IPIP, (long long)NET_IPPROTO_TCP, (long long)NET_IPPROTO_UDP,
  (long long)NET_IPPROTO_IPV6, (long long)NET_IPPROTO_ICMPV6, (long long)NET_IPPROTO_RAW, (long long)NET_IPPROTO_TLS_1_0,
  (long long)NET_IPPROTO_TLS_1_1, (long long)NET_IPPROTO_TLS_1_2, (long long)NET_IPPROTO_TLS_1_3,
  (long long)NET_IPPROTO_DTLS_1_0, (long long)NET_IPPROTO_DTLS_1_2, (long long)NET_SOCK_STREAM, (long long)NET_SOCK_DGRAM,
  (long long)NET_SOCK_RAW, (long long)NET_INADDR_ANY, (long long)NET_INADDR_BROADCAST, (long long)NET_INET_ADDRSTRLEN,
  (long long)NET_INET6_ADDRSTRLEN, (long long)NET_IFNAMSIZ, (long long)IFNAMSIZ, (long long)INET_ADDRSTRLEN,
  (long long)INET6_ADDRSTRLEN, (long long)ZSOCK_SOL_TLS, (long long)ZSOCK_TLS_SEC_TAG_LIST, (long long)ZSOCK_TLS_HOSTNAME,
  (long long)ZSOCK_TLS_CIPHERSUITE_LIST, (long long)ZSOCK_TLS_CIPHERSUITE_USED, (long long)ZSOCK_TLS_PEER_VERIFY,
  (long long)ZSOCK_TLS_DTLS_ROLE, (long long)ZSOCK_TLS_ALPN_LIST, (long long)ZSOCK_TLS_DTLS_HANDSHAKE_TIMEOUT_MIN,
  (long long)ZSOCK_TLS_DTLS_HANDSHAKE_TIMEOUT_MAX, (long long)ZSOCK_TLS_CERT_NOCOPY, (long long)ZSOCK_TLS_NATIVE,
  (long long)ZSOCK_TLS_SESSION_CACHE, (long long)ZSOCK_TLS_SESSION_CACHE_PURGE, (long long)ZSOCK_TLS_DTLS_CID,
  (long long)ZSOCK_TLS_DTLS_CID_STATUS, (long long)ZSOCK_TLS_DTLS_CID_VALUE, (long long)ZSOCK_TLS_DTLS_PEER_CID_VALUE,
  (long long)ZSOCK_TLS_DTLS_HANDSHAKE_ON_CONNECT, (long long)ZSOCK_TLS_CERT_VERIFY_RESULT,
  (long long)ZSOCK_TLS_CERT_VERIFY_CALLBACK, (long long)ZSOCK_TLS_PEER_VERIFY_NONE, (long long)ZSOCK_TLS_PEER_VERIFY_OPTIONAL,
  (long long)ZSOCK_TLS_PEER_VERIFY_REQUIRED, (long long)ZSOCK_TLS_DTLS_ROLE_CLIENT, (long long)ZSOCK_TLS_DTLS_ROLE_SERVER,
  (long long)ZSOCK_TLS_CERT_NOCOPY_NONE, (long long)ZSOCK_TLS_CERT_NOCOPY_OPTIONAL, (long long)ZSOCK_TLS_SESSION_CACHE_DISABLED,
  (long long)ZSOCK_TLS_SESSION_CACHE_ENABLED, (long long)ZSOCK_TLS_DTLS_CID_DISABLED, (long long)ZSOCK_TLS_DTLS_CID_SUPPORTED,
  (long long)ZSOCK_TLS_DTLS_CID_ENABLED, (long long)ZSOCK_TLS_DTLS_CID_STATUS_DISABLED,
  (long long)ZSOCK_TLS_DTLS_CID_STATUS_DOWNLINK, (long long)ZSOCK_TLS_DTLS_CID_STATUS_UPLINK,
  (long long)ZSOCK_TLS_DTLS_CID_STATUS_BIDIRECTIONAL, (long long)TLS_DTLS_CID_DISABLED, (long long)TLS_DTLS_CID_SUPPORTED,
  (long long)TLS_DTLS_CID_ENABLED, (long long)TLS_DTLS_CID_STATUS_DISABLED, (long long)ZSOCK_AI_PASSIVE,
  (long long)ZSOCK_AI_CANONNAME, (long long)ZSOCK_AI_NUMERICHOST, (long long)ZSOCK_AI_V4MAPPED, (long long)ZSOCK_AI_ALL,
  (long long)ZSOCK_AI_ADDRCONFIG, (long long)ZSOCK_AI_NUMERICSERV, (long long)ZSOCK_AI_EXTFLAGS, (long long)AI_EXTFLAGS,
  (long long)ZSOCK_NI_NUMERICHOST, (long long)ZSOCK_NI_NUMERICSERV, (long long)ZSOCK_NI_NOFQDN, (long long)ZSOCK_NI_NAMEREQD,
  (long long)ZSOCK_NI_DGRAM, (long long)ZSOCK_NI_MAXHOST, (long long)ZSOCK_SOL_SOCKET, (long long)ZSOCK_SO_DEBUG,
  (long long)ZSOCK_SO_REUSEADDR, (long long)ZSOCK_SO_TYPE, (long long)ZSOCK_SO_ERROR, (long long)ZSOCK_SO_DONTROUTE,
  (long long)ZSOCK_SO_BROADCAST, (long long)ZSOCK_SO_SNDBUF, (long long)ZSOCK_SO_RCVBUF, (long long)ZSOCK_SO_KEEPALIVE,
  (long long)ZSOCK_SO_OOBINLINE, (long long)ZSOCK_SO_PRIORITY, (long long)ZSOCK_SO_LINGER, (long long)ZSOCK_SO_REUSEPORT,
  (long long)ZSOCK_SO_RCVLOWAT, (long long)ZSOCK_SO_SNDLOWAT, (long long)ZSOCK_SO_RCVTIMEO, (long long)ZSOCK_SO_SNDTIMEO,
  (long long)ZSOCK_SO_BINDTODEVICE, (long long)ZSOCK_SO_ACCEPTCONN, (long long)ZSOCK_SO_TIMESTAMPING,
  (long long)ZSOCK_SO_PROTOCOL, (long long)ZSOCK_SO_DOMAIN, (long long)ZSOCK_SO_SOCKS5, (long long)ZSOCK_SO_TXTIME,
  (long long)SO_SOCKS5, (long long)SO_TXTIME, (long long)ZSOCK_SHUT_RD, (long long)ZSOCK_SHUT_WR, (long long)ZSOCK_SHUT_RDWR,
  (long long)ZSOCK_MSG_PEEK, (long long)ZSOCK_MSG_TRUNC, (long long)ZSOCK_MSG_DONTWAIT, (long long)ZSOCK_MSG_WAITALL,
  (long long)ZSOCK_MSG_CTRUNC, (long long)ZSOCK_TCP_NODELAY, (long long)ZSOCK_TCP_KEEPIDLE, (long long)ZSOCK_TCP_KEEPINTVL,
  (long long)ZSOCK_TCP_KEEPCNT, (long long)TCP_NODELAY, (long long)TCP_KEEPIDLE, (long long)TCP_KEEPINTVL,
  (long long)TCP_KEEPCNT, (long long)ZSOCK_IP_TOS, (long long)ZSOCK_IP_TTL, (long long)ZSOCK_IP_PKTINFO,
  (long long)ZSOCK_IP_MULTICAST_TTL, (long long)ZSOCK_IP_ADD_MEMBERSHIP, (long long)ZSOCK_IPV6_V6ONLY,
  (long long)ZSOCK_IPV6_UNICAST_HOPS, (long long)ZSOCK_IPV6_RECVPKTINFO, (long long)IPV6_V6ONLY, (long long)IP_TOS,
  (long long)ZSOCK_SOMAXCONN, (long long)SOMAXCONN, (long long)ZSOCK_POLLIN, (long long)ZSOCK_POLLPRI, (long long)ZSOCK_POLLOUT,
  (long long)ZSOCK_POLLERR, (long long)ZSOCK_POLLHUP, (long long)ZSOCK_POLLNVAL, (long long)ZSOCK_FD_SETSIZE, (long long)POLLIN,
  (long long)POLLOUT, (long long)NET_AF_CAN, (long long)NET_AF_NET_MGMT, (long long)PF_NET_MGMT, (long long)AF_NET_MGMT,
  (long long)NET_PACKET_HOST, (long long)NET_PACKET_BROADCAST, (long long)NET_PACKET_MULTICAST, (long long)NET_PACKET_OTHERHOST,
  (long long)NET_PACKET_OUTGOING, (long long)NET_PACKET_LOOPBACK, (long long)NET_PACKET_FASTROUTE,
  (long long)ZSOCK_TLS_MAX_FRAGMENT_LENGTH, (long long)ZSOCK_TLS_MFL_DISABLED, (long long)ZSOCK_TLS_MFL_512,
  (long long)ZSOCK_TLS_MFL_1024, (long long)ZSOCK_TLS_MFL_2048, (long long)ZSOCK_TLS_MFL_4096, (long long)ZSOCK_SCM_TXTIME,
  (long long)ZSOCK_SOF_TIMESTAMPING_RX_HARDWARE, (long long)ZSOCK_SOF_TIMESTAMPING_TX_HARDWARE, (long long)ZSOCK_IP_RECVTTL,
  (long long)ZSOCK_IP_MTU, (long long)ZSOCK_IP_MULTICAST_IF, (long long)ZSOCK_IP_MULTICAST_LOOP,
  (long long)ZSOCK_IP_DROP_MEMBERSHIP, (long long)ZSOCK_IP_LOCAL_PORT_RANGE, (long long)ZSOCK_IPV6_MULTICAST_IF,
  (long long)ZSOCK_IPV6_MULTICAST_HOPS, (long long)ZSOCK_IPV6_MULTICAST_LOOP, (long long)ZSOCK_IPV6_ADD_MEMBERSHIP,
  (long long)ZSOCK_IPV6_DROP_MEMBERSHIP, (long long)ZSOCK_IPV6_MTU, (long long)ZSOCK_IPV6_PKTINFO,
  (long long)ZSOCK_IPV6_RECVHOPLIMIT, (long long)ZSOCK_IPV6_HOPLIMIT, (long long)ZSOCK_IPV6_ADDR_PREFERENCES,
  (long long)ZSOCK_IPV6_PREFER_SRC_TMP, (long long)ZSOCK_IPV6_PREFER_SRC_PUBLIC,
  (long long)ZSOCK_IPV6_PREFER_SRC_PUBTMP_DEFAULT, (long long)ZSOCK_IPV6_PREFER_SRC_COA, (long long)ZSOCK_IPV6_PREFER_SRC_HOME,
  (long long)ZSOCK_IPV6_PREFER_SRC_CGA, (long long)ZSOCK_IPV6_PREFER_SRC_NONCGA, (long long)ZSOCK_IPV6_TCLASS,
  (long long)HTTP_GET, (long long)HTTP_UNLINK, (long long)HTTP_METHOD_END_VALUE, (long long)HTTP_101_SWITCHING_PROTOCOLS,
  (long long)HTTP_511_NETWORK_AUTHENTICATION_REQUIRED,
};

/* Structures and types. */
static const size_t sizes[] = {
  sizeof(struct net_in_addr), sizeof(struct net_in6_addr), sizeof(struct net_sockaddr), sizeof(struct net_sockaddr_in),
  sizeof(struct net_sockaddr_in6), sizeof(struct net_sockaddr_ll), sizeof(struct net_sockaddr_un),
  sizeof(struct net_sockaddr_ptr), sizeof(struct net_sockaddr_in_ptr), sizeof(struct net_sockaddr_storage),
  sizeof(struct net_iovec), sizeof(struct net_msghdr), sizeof(struct net_cmsghdr), sizeof(struct net_in_pktinfo),
  sizeof(struct net_ip_mreqn), sizeof(struct net_ip_mreq), sizeof(struct net_ipv6_mreq), sizeof(struct net_in6_pktinfo),
  sizeof(struct net_ifreq), sizeof(struct ifreq), sizeof(struct tls_cert_verify_cb), sizeof(struct net_sockaddr_in6_ptr),
  sizeof(struct sockaddr_ptr), sizeof(struct sockaddr_in_ptr), sizeof(struct zsock_pollfd), sizeof(struct zsock_addrinfo),
  sizeof(struct zsock_timeval), sizeof(net_sa_family_t), sizeof(net_socklen_t), sizeof(struct zsock_tls_cert_verify_cb),
  sizeof(enum net_sock_type), sizeof(enum net_ip_protocol), sizeof(enum net_ip_protocol_secure),
};

static void initializers(void) {
  struct net_in_addr any = NET_INADDR_ANY_INIT, loopback = NET_INADDR_LOOPBACK_INIT;
  struct net_in6_addr any6 = NET_IN6ADDR_ANY_INIT, loopback6 = NET_IN6ADDR_LOOPBACK_INIT;
  CHECK_IS(any.s_addr, 0);
  CHECK_IS(loopback.s_addr, net_htonl(0x7F000001));
  CHECK(memcmp(&any6, &net_in6addr_any, 16) == 0 && ZSOCK_IN6_IS_ADDR_UNSPECIFIED(&any6));
  CHECK(memcmp(&loopback6, &net_in6addr_loopback, 16) == 0 && ZSOCK_IN6_IS_ADDR_LOOPBACK(&loopback6));
  CHECK(!ZSOCK_IN6_IS_ADDR_MULTICAST(&any6) && !ZSOCK_IN6_IS_ADDR_LINKLOCAL(&any6) && !ZSOCK_IN6_IS_ADDR_V4MAPPED(&any6));
}

static void byte_orders(void) {
  CHECK_IS(net_ntohs(net_htons(0x1234)), 0x1234);
  CHECK_IS(net_ntohl(net_htonl(0x12345678)), 0x12345678);
  CHECK_IS(net_ntohll(net_htonll(0x123456789ABCDEF0)), 0x123456789ABCDEF0);
  CHECK_IS(ntohll(htonll(1)), 1);
  uint64_t number = net_htonll(1);
  CHECK_IS(((const uint8_t *)&number)[7], 1);
}

static void control_messages(void) {
  union {
    struct net_cmsghdr header;
    char room[NET_CMSG_SPACE(sizeof(int))];
  } memory;
  memset(&memory, 0, sizeof memory);
  memory.header.cmsg_len = NET_CMSG_LEN(sizeof(int));
  struct net_msghdr message;
  memset(&message, 0, sizeof message);
  message.msg_control = &memory;
  message.msg_controllen = sizeof memory;
  CHECK(NET_CMSG_FIRSTHDR(&message) == &memory.header);
  CHECK(NET_CMSG_NXTHDR(&message, &memory.header) == NULL);
  CHECK(NET_CMSG_DATA(&memory.header) == (unsigned char *)&memory + NET_ALIGN_H(sizeof memory.header));
  CHECK_IS(NET_ALIGN_D(1), sizeof(size_t));
  zsock_fd_set set;
  ZSOCK_FD_ZERO(&set);
  ZSOCK_FD_SET(3, &set);
  CHECK(ZSOCK_FD_ISSET(3, &set));
}

/* In Zephyr it has room for an address of IPv6, and OCPP's client, say, puts one there. */
static void address_of_any_family(void) {
  struct net_sockaddr address_buffer, *address = &address_buffer;
  CHECK(sizeof address_buffer >= sizeof(struct net_sockaddr_in6));
  address->sa_family = NET_AF_INET6;
  net_sin6(address)->sin6_port = net_htons(9000);
  CHECK_IS(net_addr_pton(NET_AF_INET6, "::1", &net_sin6(address)->sin6_addr), 0);
  /* It goes where a struct sockaddr goes, and so does that. */
  int listener = zsock_socket(NET_AF_INET, NET_SOCK_STREAM, NET_IPPROTO_TCP);
  memset(&address_buffer, 0, sizeof address_buffer);
  net_sin(address)->sin_family = NET_AF_INET;
  CHECK_IS(zsock_bind(listener, address, sizeof address_buffer), 0);
  net_socklen_t length = sizeof address_buffer;
  CHECK_IS(zsock_getsockname(listener, address, &length), 0);
  CHECK_IS(address->sa_family, NET_AF_INET);
  CHECK(net_sin(address)->sin_port != 0);
  struct sockaddr_storage other;
  length = sizeof other;
  CHECK_IS(zsock_getsockname(listener, (struct sockaddr *)&other, &length), 0);
  CHECK_IS(net_sin((struct sockaddr *)&other)->sin_port, net_sin(address)->sin_port);
  CHECK_IS(zsock_close(listener), 0);
}

static void parse(const char *text, const char *address, int port) {
  struct net_sockaddr parsed;
  memset(&parsed, 0, sizeof parsed);
  net_sin(&parsed)->sin_port = net_htons(7);
  bool is_address = net_ipaddr_parse(text, strlen(text), &parsed);
  if (is_address != (address != NULL)) fail(__FILE__, __LINE__, "%s", text);
  CHECK_IS(net_ntohs(net_sin(&parsed)->sin_port), is_address ? port : 7);
  if (!is_address) return;
  char found[NET_IPV6_ADDR_LEN];
  bool is_ipv6 = parsed.sa_family == NET_AF_INET6;
  CHECK(net_addr_ntop(parsed.sa_family, is_ipv6 ? (void *)&net_sin6(&parsed)->sin6_addr : &net_sin(&parsed)->sin_addr, found,
                      sizeof found) == found);
  CHECK(strcmp(found, address) == 0);
  CHECK_IS(strchr(address, ':') != NULL, is_ipv6);
}

static void addresses_as_text(void) {
  parse("192.0.2.1", "192.0.2.1", 7);
  parse("192.0.2.1:80", "192.0.2.1", 80);
  parse("192.0.2.1:65535", "192.0.2.1", 65535);
  parse("2001:db8::1", "2001:db8::1", 7);
  parse("[2001:db8::1]", "2001:db8::1", 7);
  parse("[2001:db8::1]:8080", "2001:db8::1", 8080);
  parse("::", "::", 7);
  const char *wrong[] = {"", ":", ":80", "192.0.2", "192.0.2.1:", "192.0.2.1:65536", "192.0.2.1:99999999999", "192.0.2.1:8x",
                         "[192.0.2.1]", "[::1", "[::1]80", "[::1]:", "::1]", "[]", "2001:db8::g", "host", "host:80",
                         "0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0000"};
  for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) parse(wrong[i], NULL, 0);
  struct net_sockaddr parsed;
  CHECK(net_ipaddr_parse("192.0.2.17 and more", 10, &parsed));
  CHECK(net_ipaddr_parse("192.0.2.1\0:80", 13, &parsed));
  CHECK(!net_ipaddr_parse(NULL, 3, &parsed));
  CHECK(!net_ipaddr_parse("::1", 3, (struct sockaddr *)NULL));
  struct net_in6_addr from = NET_IN6ADDR_LOOPBACK_INIT, to;
  net_ipaddr_copy(&to, &from);
  CHECK(memcmp(&to, &from, sizeof to) == 0);
  char small[3];
  CHECK(net_addr_ntop(NET_AF_INET6, &from, small, sizeof small) == NULL);
  CHECK(net_addr_pton(NET_AF_INET, "192.0.2", &to) < 0);
  CHECK(net_addr_pton(NET_AF_PACKET, "192.0.2.1", &to) < 0);
  char ipv4[NET_IPV4_ADDR_LEN];
  const uint8_t longest[4] = {255, 255, 255, 255};
  CHECK(net_addr_ntop(NET_AF_INET, longest, ipv4, sizeof ipv4) == ipv4);
  struct net_sockaddr_un path;
  net_sun((struct sockaddr *)&path)->sun_family = NET_AF_UNIX;
  CHECK_IS(path.sun_family, AF_UNIX);
  CHECK(strcmp(net_family2str(NET_AF_INET6), "AF_INET6") == 0);
  CHECK(net_family2str(0xFF) == NULL);
}

/* With one argument, as Zephyr's programs to 4.1 have it; with two, as those since; and as a function. */
static void disconnects(void) {
  static struct mqtt_client client;
  mqtt_client_init(&client);
  CHECK_IS(mqtt_disconnect(&client), -ENOTCONN);
  CHECK_IS(mqtt_disconnect(&client, NULL), -ENOTCONN);
  int (*function)(struct mqtt_client *, const struct mqtt_disconnect_param *) = mqtt_disconnect;
  CHECK_IS(function(&client, NULL), -ENOTCONN);
}

int main(void) {
  CHECK(sizeof numbers > 0 && sizeof sizes > 0);
  CHECK_IS(sizes[0], sizeof(struct in_addr));
  initializers();
  byte_orders();
  control_messages();
  address_of_any_family();
  addresses_as_text();
  disconnects();
  websocket_init();
  CHECK_IS(HTTP_UNLINK, 32);
  CHECK(strcmp(westwind_version(), WESTWIND_VERSION) == 0);
  CHECK_IS(westwind_version_number(), WESTWIND_VERSION_NUMBER);
  CHECK_IS(WESTWIND_VERSION_NUMBER >= WESTWIND_VERSION_OF(0, 1, 0), 1);
  return 0;
}
