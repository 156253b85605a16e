/* BSD sockets of every kind: the kernel's, TLS, and WebSockets.
 *
 * The calls are those of POSIX with zsock_ in front: they return -1 and set errno, and their structures and flags are Linux's.
 * They take every descriptor that the kernel's calls take, and TLS and WebSocket descriptors, which the kernel's calls do not
 * know: give those to zsock_send and not to send, to zsock_close and not to close.
 *
 * Where CONFIG_NET_SOCKETS_POSIX_NAMES is defined before this file is included, the POSIX functions are these calls: send is
 * zsock_send, close is zsock_close, and so on, also where their address is taken. <zephyr/posix/sys/socket.h> and its like do
 * the same for the names of one header.
 */
#ifndef WESTWIND_ZEPHYR_NET_SOCKET_H
#define WESTWIND_ZEPHYR_NET_SOCKET_H

#pragma GCC system_header /* as net_ip.h */

#include <fcntl.h>
#include <netdb.h>
#include <stdarg.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <unistd.h>

#include <zephyr/net/net_ip.h>
#include <zephyr/net/socket_poll.h>
#include <zephyr/net/socket_select.h>
#include <zephyr/net/socket_types.h>

#ifdef __cplusplus
extern "C" {
#endif

#define ZSOCK_MSG_PEEK 0x02
#define ZSOCK_MSG_CTRUNC 0x08
#define ZSOCK_MSG_TRUNC 0x20
#define ZSOCK_MSG_DONTWAIT 0x40
#define ZSOCK_MSG_WAITALL 0x100

#define ZSOCK_SHUT_RD 0
#define ZSOCK_SHUT_WR 1
#define ZSOCK_SHUT_RDWR 2

/* Options of TLS sockets. They are set before zsock_connect, or on the listener; the numbers are Zephyr's. What is got of a
 * list is cut to the entries that there is room for. */
#define SOL_TLS 282
/* set and get, array of sec_tag_t: the credentials to use. Where these have certificates of authorities, the system's do not count.
 * A tag of which there is no credential makes zsock_connect and zsock_accept fail with EINVAL. */
#define TLS_SEC_TAG_LIST 1
/* set, text: the name that the server has to have; a NUL at its end may be counted or not. NULL: any name will do. An empty
 * name is refused (EINVAL): it would verify nothing. Where it is never set, zsock_connect fails: a client always checks a name
 * unless it says that it does not. */
#define TLS_HOSTNAME 2
/* set and get, array of int: the suites by their numbers at IANA, preferred first */
#define TLS_CIPHERSUITE_LIST 3
/* get, int: the suite that was agreed on */
#define TLS_CIPHERSUITE_USED 4
/* set, int: TLS_PEER_VERIFY_*. A client's default is required, a server's none. */
#define TLS_PEER_VERIFY 5
/* set and get, array of const char *: the application's protocols, preferred first. A NULL ends it early. The names that are got
 * stay valid. */
#define TLS_ALPN_LIST 7
/* set, int: 1 keeps sessions in the process and resumes them */
#define TLS_SESSION_CACHE 12
/* set, any value: forgets all sessions */
#define TLS_SESSION_CACHE_PURGE 13
/* get, int: what was wrong with the peer's certificate after a handshake with TLS_PEER_VERIFY_OPTIONAL: 0 nothing, else a
 * sum of 1 expired, 2 revoked, 4 the name, 8 no trusted authority, 64 no certificate, 256 anything else, 512 not yet valid,
 * 16384 a weak signature, 65536 a small key */
#define TLS_CERT_VERIFY_RESULT 19
/* set, struct tls_cert_verify_cb: a function that has the last word on the peer's certificate. A `cb` of NULL: none has. No
 * session is resumed on a socket that has one, since nothing would be asked of it. */
#define TLS_CERT_VERIFY_CALLBACK 20
/* set on a listener, int: the milliseconds that a client may take to shake hands within zsock_accept; 1 at least. Zephyr has
 * no such option, and waits without end. */
#define WESTWIND_TLS_HANDSHAKE_TIMEOUT 1001

/* set, text: what the peer's certificate has to be: pins with semicolons between them, each "sha256//" and the base64 of the
 * SHA-256 of its public key (as curl's --pinnedpubkey), or "cert:" and the SHA-256 of the certificate in hexadecimal digits, with
 * or without colons. They count besides all that is verified; with TLS_PEER_VERIFY_NONE they are what is verified. Empty, or NULL:
 * no pin. EINVAL if one has neither form. Zephyr has no such option. */
#define WESTWIND_TLS_PINS 1002

/* set on a client, int: whether the server is asked to staple to its certificate a proof that it is not revoked (OCSP). The default
 * is asked: a certificate that was revoked is refused, and one that has to come with a proof (RFC 7633) and does not; any other
 * passes. Required: every server has to show a good one. Zephyr has no such option. */
#define WESTWIND_TLS_STAPLING 1004
#define WESTWIND_TLS_STAPLING_OFF 0
#define WESTWIND_TLS_STAPLING_ASKED 1
#define WESTWIND_TLS_STAPLING_REQUIRED 2

/* A certificate of the peer's, lent to the function of TLS_CERT_VERIFY_CALLBACK for one call. */
struct westwind_certificate {
  /* DER */
  const unsigned char *der;
  size_t der_len;
  /* As in RFC 2253, such as "CN=example.org,O=Example". */
  const char *subject;
  const char *issuer;
};

/* What is wrong with a certificate: bits of the flags below, and of TLS_CERT_VERIFY_RESULT. The numbers are mbed TLS's. */
#define WESTWIND_CERT_EXPIRED 0x01
#define WESTWIND_CERT_REVOKED 0x02
#define WESTWIND_CERT_NAME 0x04
#define WESTWIND_CERT_NOT_TRUSTED 0x08
#define WESTWIND_CERT_MISSING 0x40
#define WESTWIND_CERT_OTHER 0x0100
#define WESTWIND_CERT_FUTURE 0x0200
#define WESTWIND_CERT_WEAK_SIGNATURE 0x4000
#define WESTWIND_CERT_SMALL_KEY 0x010000

/* Judges a certificate. It is called within the handshake, for each certificate of the chain, the authority's first and the
 * peer's own last, with depth 0. The type is mbed TLS's but for the certificate: there is no mbed TLS here.
 *
 * flags  what the library found wrong: 0, or a sum of WESTWIND_CERT_*. The function may change it: 0 lets the certificate pass.
 *
 * Returns 0, or anything else to refuse the peer at once. The peer is accepted if no flag is left of any certificate.
 */
typedef int (*westwind_cert_verify_t)(void *ctx, const struct westwind_certificate *certificate, int depth,
                                      uint32_t *flags);

/* The value of TLS_CERT_VERIFY_CALLBACK. What it points to stays for as long as the socket. */
struct tls_cert_verify_cb {
  /* A westwind_cert_verify_t. */
  void *cb;
  /* Handed to it. */
  void *ctx;
};

/* Zephyr's others, so that programs compile: all fail with ENOPROTOOPT. There is no DTLS; credentials are copied when they are
 * added; and TLS is the library's own, nothing is offloaded. */
#define TLS_DTLS_ROLE 6
#define TLS_DTLS_HANDSHAKE_TIMEOUT_MIN 8
#define TLS_DTLS_HANDSHAKE_TIMEOUT_MAX 9
#define TLS_CERT_NOCOPY 10
#define TLS_NATIVE 11
#define TLS_DTLS_CID 14
#define TLS_DTLS_CID_STATUS 15
#define TLS_DTLS_CID_VALUE 16
#define TLS_DTLS_PEER_CID_VALUE 17
#define TLS_DTLS_HANDSHAKE_ON_CONNECT 18
#define TLS_MAX_FRAGMENT_LENGTH 21

#define TLS_PEER_VERIFY_NONE 0
#define TLS_PEER_VERIFY_OPTIONAL 1
#define TLS_PEER_VERIFY_REQUIRED 2

#define TLS_SESSION_CACHE_DISABLED 0
#define TLS_SESSION_CACHE_ENABLED 1

#define TLS_CERT_NOCOPY_NONE 0
#define TLS_CERT_NOCOPY_OPTIONAL 1

#define TLS_DTLS_ROLE_CLIENT 0
#define TLS_DTLS_ROLE_SERVER 1

#define TLS_DTLS_CID_DISABLED 0
#define TLS_DTLS_CID_SUPPORTED 1
#define TLS_DTLS_CID_ENABLED 2
#define TLS_DTLS_CID_STATUS_DISABLED 0
#define TLS_DTLS_CID_STATUS_DOWNLINK 1
#define TLS_DTLS_CID_STATUS_UPLINK 2
#define TLS_DTLS_CID_STATUS_BIDIRECTIONAL 3

#define TLS_MFL_DISABLED 0
#define TLS_MFL_512 1
#define TLS_MFL_1024 2
#define TLS_MFL_2048 3
#define TLS_MFL_4096 4

/* The same by the names that Zephyr has for it since 4.4. */
#define ZSOCK_SOL_TLS SOL_TLS
#define ZSOCK_TLS_SEC_TAG_LIST TLS_SEC_TAG_LIST
#define ZSOCK_TLS_HOSTNAME TLS_HOSTNAME
#define ZSOCK_TLS_CIPHERSUITE_LIST TLS_CIPHERSUITE_LIST
#define ZSOCK_TLS_CIPHERSUITE_USED TLS_CIPHERSUITE_USED
#define ZSOCK_TLS_PEER_VERIFY TLS_PEER_VERIFY
#define ZSOCK_TLS_PEER_VERIFY_NONE TLS_PEER_VERIFY_NONE
#define ZSOCK_TLS_PEER_VERIFY_OPTIONAL TLS_PEER_VERIFY_OPTIONAL
#define ZSOCK_TLS_PEER_VERIFY_REQUIRED TLS_PEER_VERIFY_REQUIRED
#define ZSOCK_TLS_ALPN_LIST TLS_ALPN_LIST
#define ZSOCK_TLS_SESSION_CACHE TLS_SESSION_CACHE
#define ZSOCK_TLS_SESSION_CACHE_PURGE TLS_SESSION_CACHE_PURGE
#define ZSOCK_TLS_SESSION_CACHE_DISABLED TLS_SESSION_CACHE_DISABLED
#define ZSOCK_TLS_SESSION_CACHE_ENABLED TLS_SESSION_CACHE_ENABLED
#define ZSOCK_TLS_CERT_VERIFY_RESULT TLS_CERT_VERIFY_RESULT
#define ZSOCK_TLS_DTLS_ROLE TLS_DTLS_ROLE
#define ZSOCK_TLS_DTLS_ROLE_CLIENT TLS_DTLS_ROLE_CLIENT
#define ZSOCK_TLS_DTLS_ROLE_SERVER TLS_DTLS_ROLE_SERVER
#define ZSOCK_TLS_DTLS_HANDSHAKE_TIMEOUT_MIN TLS_DTLS_HANDSHAKE_TIMEOUT_MIN
#define ZSOCK_TLS_DTLS_HANDSHAKE_TIMEOUT_MAX TLS_DTLS_HANDSHAKE_TIMEOUT_MAX
#define ZSOCK_TLS_CERT_NOCOPY TLS_CERT_NOCOPY
#define ZSOCK_TLS_CERT_NOCOPY_NONE TLS_CERT_NOCOPY_NONE
#define ZSOCK_TLS_CERT_NOCOPY_OPTIONAL TLS_CERT_NOCOPY_OPTIONAL
#define ZSOCK_TLS_NATIVE TLS_NATIVE
#define ZSOCK_TLS_DTLS_CID TLS_DTLS_CID
#define ZSOCK_TLS_DTLS_CID_STATUS TLS_DTLS_CID_STATUS
#define ZSOCK_TLS_DTLS_CID_VALUE TLS_DTLS_CID_VALUE
#define ZSOCK_TLS_DTLS_PEER_CID_VALUE TLS_DTLS_PEER_CID_VALUE
#define ZSOCK_TLS_DTLS_HANDSHAKE_ON_CONNECT TLS_DTLS_HANDSHAKE_ON_CONNECT
#define ZSOCK_TLS_CERT_VERIFY_CALLBACK TLS_CERT_VERIFY_CALLBACK
#define ZSOCK_TLS_MAX_FRAGMENT_LENGTH TLS_MAX_FRAGMENT_LENGTH
#define ZSOCK_TLS_DTLS_CID_DISABLED TLS_DTLS_CID_DISABLED
#define ZSOCK_TLS_DTLS_CID_SUPPORTED TLS_DTLS_CID_SUPPORTED
#define ZSOCK_TLS_DTLS_CID_ENABLED TLS_DTLS_CID_ENABLED
#define ZSOCK_TLS_DTLS_CID_STATUS_DISABLED TLS_DTLS_CID_STATUS_DISABLED
#define ZSOCK_TLS_DTLS_CID_STATUS_DOWNLINK TLS_DTLS_CID_STATUS_DOWNLINK
#define ZSOCK_TLS_DTLS_CID_STATUS_UPLINK TLS_DTLS_CID_STATUS_UPLINK
#define ZSOCK_TLS_DTLS_CID_STATUS_BIDIRECTIONAL TLS_DTLS_CID_STATUS_BIDIRECTIONAL
#define ZSOCK_TLS_MFL_DISABLED TLS_MFL_DISABLED
#define ZSOCK_TLS_MFL_512 TLS_MFL_512
#define ZSOCK_TLS_MFL_1024 TLS_MFL_1024
#define ZSOCK_TLS_MFL_2048 TLS_MFL_2048
#define ZSOCK_TLS_MFL_4096 TLS_MFL_4096

#define zsock_tls_cert_verify_cb tls_cert_verify_cb

/* Makes a socket, closed when another program is executed. With IPPROTO_TLS_1_2 or _1_3 and SOCK_STREAM it is a TLS socket:
 * zsock_connect also shakes hands, and so does zsock_accept on one that listens. It has a TCP socket of its own.
 * Until zsock_connect has shaken hands, zsock_recv and zsock_send in other threads fail with ENOTCONN; zsock_close ends the
 * handshake (EBADF), and so does zsock_shutdown (ECONNABORTED); neither ends the connecting of TCP itself.
 *
 * EPROTONOSUPPORT: DTLS, or TLS that is no stream. ENOTSUP: a library built without NET_SOCKETS_SOCKOPT_TLS. */
int zsock_socket(int family, int type, int proto);

/* Makes two connected kernel sockets, closed when another program is executed. */
int zsock_socketpair(int family, int type, int proto, int *sv);

/* Frees a descriptor of any kind. A WebSocket sends CLOSE first and leaves the socket below open (websocket_disconnect). A TLS
 * socket sends close_notify. The number is free afterwards, also where it returns -1.
 *
 * A WebSocket over the descriptor ends first: it sends CLOSE, as far as that leaves without waiting, and its calls say
 * -ENOTCONN. Its own number stays, for websocket_disconnect.
 *
 * A number that close(2) has closed the library notices when the kernel gives it to a zsock_ call, and when it is polled,
 * disconnected or closed: then it is what the kernel has there now. */
int zsock_close(int sock);

/* Ends one direction, or both. On a WebSocket ZSOCK_SHUT_WR sends CLOSE. Zephyr's does nothing. */
int zsock_shutdown(int sock, int how);

/* Gives a socket an address of its own, as bind; on a TLS socket for the TCP socket that it has. */
int zsock_bind(int sock, WESTWIND_CONST_ADDRESS addr, socklen_t addrlen);

/* Connects. A non-blocking kernel socket gets EINPROGRESS and polls writable when it is done, as on Linux; a TLS socket waits.
 *
 * For TLS: ECONNABORTED where the server's certificate is refused, EPROTO where the two do not understand each other, EINVAL
 * where the options or credentials cannot be used. Close the socket. */
int zsock_connect(int sock, WESTWIND_CONST_ADDRESS addr, socklen_t addrlen);

/* Has a socket take connections, as listen; on a TLS socket for the TCP socket that it has. */
int zsock_listen(int sock, int backlog);

/* Takes the next connection, closed when another program is executed. addr and addrlen may be NULL. Where a client of TLS
 * has gone already, and has no address any more, addrlen is set to 0.
 *
 * For TLS: ETIMEDOUT where a client came and did not shake hands in time, ECONNABORTED where it broke off. Its socket is closed,
 * and the listener is as it was: call again. */
int zsock_accept(int sock, WESTWIND_ADDRESS addr, socklen_t *addrlen);

/* Sends bytes. On a TLS socket and a WebSocket dest_addr is left aside.
 *
 * On a WebSocket the bytes become one final frame, TEXT unless the option WEBSOCKET_SEND_OPCODE says otherwise, masked as the
 * role wants it. TEXT that is not UTF-8 is EINVAL. A call that may not wait takes as much as the transmit buffer holds, and
 * says how much. Flags: ZSOCK_MSG_DONTWAIT, MSG_MORE.
 *
 * EAGAIN: nothing could be taken without waiting. EPIPE, ECONNRESET, ENOTCONN: the peer is gone. */
ssize_t zsock_sendto(int sock, const void *buf, size_t len, int flags, WESTWIND_CONST_ADDRESS dest_addr, socklen_t addrlen);

/* Sends bytes: zsock_sendto without an address. */
ssize_t zsock_send(int sock, const void *buf, size_t len, int flags);

/* Sends the parts of msg as if they were one: on a WebSocket they are one frame.
 *
 * EFAULT: msg, its list, or a part that is not empty is NULL. */
ssize_t zsock_sendmsg(int sock, const struct msghdr *msg, int flags);

/* Receives bytes; 0 at the end of the stream. src_addr and addrlen may be NULL; on a TLS socket and a WebSocket they get the
 * peer's address.
 *
 * On a WebSocket it gives payload of data messages only. Unlike Zephyr it passes over control frames and empty ones, and
 * answers the PING and the CLOSE that the program does not see; 0 comes only at the end (also where CLOSE came), and flags
 * count: ZSOCK_MSG_PEEK, ZSOCK_MSG_WAITALL, ZSOCK_MSG_DONTWAIT.
 *
 * EAGAIN: nothing came without waiting, and nothing is lost. */
ssize_t zsock_recvfrom(int sock, void *buf, size_t max_len, int flags, WESTWIND_ADDRESS src_addr, socklen_t *addrlen);

/* Receives bytes: zsock_recvfrom without an address. */
ssize_t zsock_recv(int sock, void *buf, size_t max_len, int flags);

/* Receives into the parts of msg, one after the other. On a WebSocket all bytes are of one frame, and where msg_control has
 * room for it (CMSG_SPACE(sizeof(struct websocket_message_info))) it gets a control message of level SOL_WEBSOCKET and type
 * WEBSOCKET_MESSAGE_INFO. Without that room, msg_flags has MSG_CTRUNC. */
ssize_t zsock_recvmsg(int sock, struct msghdr *msg, int flags);

/* Gets and sets O_NONBLOCK by F_GETFL and F_SETFL, and F_GETFD and F_SETFD; on a kernel socket, what fcntl does with an int. On a WebSocket
 * it says what zsock_send and zsock_recv do; the socket below stays as it is. */
int zsock_fcntl(int sock, int cmd, int flags);

/* Does zsock_fcntl with any argument: on a kernel descriptor, of a file too, what fcntl does with it. */
int westwind_fcntl(int sock, int cmd, void *argument);

static inline int zsock_fcntl_wrapper(int sock, int cmd, ...) {
  va_list arguments;
  va_start(arguments, cmd);
  void *argument = cmd == F_GETFL || cmd == F_GETFD ? NULL : va_arg(arguments, void *);
  va_end(arguments);
  return westwind_fcntl(sock, cmd, argument);
}

/* Receives, as read, from descriptors of every kind: on a TLS socket and a WebSocket, zsock_recv without flags. */
ssize_t westwind_read(int sock, void *buf, size_t len);

/* Sends, as write, to descriptors of every kind: on a TLS socket and a WebSocket, zsock_send without flags. */
ssize_t westwind_write(int sock, const void *buf, size_t len);

/* Does FIONBIO, as ioctl; on a kernel socket, whatever ioctl does. EOPNOTSUPP for others: what waits below a TLS socket or a WebSocket is no
 * number of bytes to receive. */
int westwind_ioctl(int sock, unsigned long request, void *argument);

static inline int zsock_ioctl(int sock, unsigned long request, va_list arguments) {
  return westwind_ioctl(sock, request, va_arg(arguments, void *));
}

static inline int zsock_ioctl_wrapper(int sock, unsigned long request, ...) {
  va_list arguments;
  va_start(arguments, request);
  void *argument = va_arg(arguments, void *);
  va_end(arguments);
  return westwind_ioctl(sock, request, argument);
}

/* Gets an option of any level. On TLS sockets and WebSockets SO_RCVTIMEO and SO_SNDTIMEO bound zsock_recv and zsock_send; at first they
 * are those of the socket below, and what is set there holds above, too. Options that act through a layer go to the socket
 * below, such as TCP_NODELAY; every other is ENOPROTOOPT, since it would have no effect. Docs/OPTIONS.md lists them. */
int zsock_getsockopt(int sock, int level, int optname, void *optval, socklen_t *optlen);

/* Sets an option of any level: see zsock_getsockopt. On a WebSocket all levels but SOL_WEBSOCKET (websocket.h) go to the socket
 * below. */
int zsock_setsockopt(int sock, int level, int optname, const void *optval, socklen_t optlen);

/* Says the address of the other end, as getpeername; on a TLS socket and a WebSocket of the socket below. addr and addrlen may not be NULL (EFAULT). */
int zsock_getpeername(int sock, WESTWIND_ADDRESS addr, socklen_t *addrlen);
/* Says the address of this end, as getsockname; on a TLS socket and a WebSocket of the socket below. addr and addrlen may not be NULL (EFAULT). */
int zsock_getsockname(int sock, WESTWIND_ADDRESS addr, socklen_t *addrlen);

/* What has nothing to do with a descriptor is the C library's own, with its structures, flags and codes. */

#ifdef AI_PASSIVE
#define zsock_addrinfo addrinfo
#else
/* In strict C11 the C library's headers leave this out. */
struct zsock_addrinfo {
  int ai_flags;
  int ai_family;
  int ai_socktype;
  int ai_protocol;
  socklen_t ai_addrlen;
  struct sockaddr *ai_addr;
  char *ai_canonname;
  struct zsock_addrinfo *ai_next;
};
#endif

/* Looks a name up, as getaddrinfo: 0, or one of EAI_*. ZSOCK_AI_EXTFLAGS is EAI_BADFLAGS. */
int zsock_getaddrinfo(const char *host, const char *service, const struct zsock_addrinfo *hints, struct zsock_addrinfo **res);

/* Frees what zsock_getaddrinfo found, as freeaddrinfo; ai may be NULL. */
void zsock_freeaddrinfo(struct zsock_addrinfo *ai);

/* Says what a number of zsock_getaddrinfo means, as gai_strerror. */
const char *zsock_gai_strerror(int errcode);

/* Finds the name of an address, as getnameinfo: 0, or one of EAI_*. */
int zsock_getnameinfo(WESTWIND_CONST_ADDRESS addr, socklen_t addrlen, char *host, socklen_t hostlen, char *serv,
                      socklen_t servlen, int flags);

/* Says the name of this machine, as gethostname. */
int zsock_gethostname(char *buf, size_t len);

static inline int zsock_inet_pton(sa_family_t family, const char *src, void *dst) { return inet_pton(family, src, dst); }

static inline char *zsock_inet_ntop(sa_family_t family, const void *src, char *dst, size_t size) {
  return inet_ntop(family, src, dst, (socklen_t)size) ? dst : NULL;
}

/* In strict C11 the C library's headers leave these out. */
#ifndef AI_PASSIVE
#define AI_PASSIVE 0x1
#define AI_CANONNAME 0x2
#define AI_NUMERICHOST 0x4
#define AI_V4MAPPED 0x8
#define AI_ALL 0x10
#define AI_ADDRCONFIG 0x20
#define AI_NUMERICSERV 0x400
#endif
#ifndef NI_NUMERICHOST
#define NI_NUMERICHOST 1
#define NI_NUMERICSERV 2
#define NI_NOFQDN 4
#define NI_NAMEREQD 8
#define NI_DGRAM 16
#endif
#ifndef NI_MAXHOST
#define NI_MAXHOST 1025
#endif
#define AI_EXTFLAGS 0x800
#define ZSOCK_AI_PASSIVE AI_PASSIVE
#define ZSOCK_AI_CANONNAME AI_CANONNAME
#define ZSOCK_AI_NUMERICHOST AI_NUMERICHOST
#define ZSOCK_AI_V4MAPPED AI_V4MAPPED
#define ZSOCK_AI_ALL AI_ALL
#define ZSOCK_AI_ADDRCONFIG AI_ADDRCONFIG
#define ZSOCK_AI_NUMERICSERV AI_NUMERICSERV
#define ZSOCK_AI_EXTFLAGS AI_EXTFLAGS
#define ZSOCK_NI_NUMERICHOST NI_NUMERICHOST
#define ZSOCK_NI_NUMERICSERV NI_NUMERICSERV
#define ZSOCK_NI_NOFQDN NI_NOFQDN
#define ZSOCK_NI_NAMEREQD NI_NAMEREQD
#define ZSOCK_NI_DGRAM NI_DGRAM
#define ZSOCK_NI_MAXHOST NI_MAXHOST

#ifdef __cplusplus
}
#endif

#ifdef CONFIG_NET_SOCKETS_POSIX_NAMES
#include <zephyr/posix/fcntl.h>
#include <zephyr/posix/netdb.h>
#include <zephyr/posix/poll.h>
#include <zephyr/posix/sys/ioctl.h>
#include <zephyr/posix/sys/select.h>
#include <zephyr/posix/sys/socket.h>
#include <zephyr/posix/unistd.h>
#endif

#endif
