/* The zsock_ calls: on the kernel's sockets as the kernel's own, and on a WebSocket. */
#include "session.h"

static char got[256];

static void kernel_sockets(int family) {
  struct sockaddr_storage address, other;
  memset(&address, 0, sizeof address);
  if (family == AF_INET) {
    net_sin((struct sockaddr *)&address)->sin_family = AF_INET;
    CHECK_IS(zsock_inet_pton(AF_INET, "127.0.0.1", &net_sin((struct sockaddr *)&address)->sin_addr), 1);
  } else {
    net_sin6((struct sockaddr *)&address)->sin6_family = AF_INET6;
    CHECK_IS(zsock_inet_pton(AF_INET6, "::1", &net_sin6((struct sockaddr *)&address)->sin6_addr), 1);
  }
  socklen_t length = family == AF_INET ? sizeof(struct sockaddr_in) : sizeof(struct sockaddr_in6), size = sizeof address;
  int listener = zsock_socket(family, SOCK_STREAM, IPPROTO_TCP);
  CHECK(listener >= 0);
  CHECK_IS(zsock_fcntl(listener, F_GETFD, 0), FD_CLOEXEC);
  CHECK_IS(zsock_bind(listener, (struct sockaddr *)&address, length), 0);
  CHECK_IS(zsock_listen(listener, 4), 0);
  CHECK_IS(zsock_getsockname(listener, (struct sockaddr *)&address, &size), 0);
  CHECK_IS(size, length);

  int client = zsock_socket(family, SOCK_STREAM, 0);
  CHECK_IS(zsock_connect(client, (struct sockaddr *)&address, length), 0);
  size = sizeof other;
  int server = zsock_accept(listener, (struct sockaddr *)&other, &size);
  CHECK(server >= 0);
  CHECK_IS(size, length);
  struct sockaddr_storage name;
  size = sizeof name;
  CHECK_IS(zsock_getsockname(client, (struct sockaddr *)&name, &size), 0);
  CHECK(memcmp(&name, &other, length) == 0);
  size = sizeof name;
  CHECK_IS(zsock_getpeername(client, (struct sockaddr *)&name, &size), 0);
  CHECK(memcmp(&name, &address, length) == 0);
  /* Cut to fit, and the whole length told. */
  size = 2;
  CHECK_IS(zsock_getpeername(client, (struct sockaddr *)&name, &size), 0);
  CHECK_IS(size, length);

  CHECK_IS(zsock_send(client, "hello", 5, 0), 5);
  CHECK_IS(zsock_recv(server, got, 2, ZSOCK_MSG_PEEK), 2);
  CHECK_IS(zsock_recv(server, got, 5, ZSOCK_MSG_WAITALL), 5);
  CHECK(memcmp(got, "hello", 5) == 0);
  CHECK_FAILS(zsock_recv(server, got, 5, ZSOCK_MSG_DONTWAIT), EAGAIN);
  CHECK_IS(zsock_fcntl_wrapper(server, F_SETFL, O_NONBLOCK), 0);
  CHECK_IS(zsock_fcntl_wrapper(server, F_GETFL) & O_NONBLOCK, O_NONBLOCK);
  CHECK_FAILS(zsock_recv(server, got, 5, 0), EAGAIN);
  int off = 0, count = -1;
  CHECK_IS(zsock_ioctl_wrapper(server, FIONBIO, &off), 0);
  CHECK_IS(zsock_send(client, "abc", 3, 0), 3);
  struct zsock_pollfd entry = {server, ZSOCK_POLLIN, 0};
  CHECK_IS(zsock_poll(&entry, 1, 20000), 1);
  CHECK_IS(zsock_ioctl_wrapper(server, FIONREAD, &count), 0);
  CHECK_IS(count, 3);
  CHECK_IS(zsock_recv(server, got, 3, 0), 3);

  CHECK_IS(zsock_shutdown(client, ZSOCK_SHUT_WR), 0);
  CHECK_IS(zsock_recv(server, got, 5, 0), 0);
  CHECK_FAILS(zsock_send(client, "x", 1, 0), EPIPE);
  CHECK_FAILS(zsock_shutdown(client, 3), EINVAL);
  CHECK_IS(zsock_close(client), 0);
  CHECK_FAILS(zsock_close(client), EBADF);
  CHECK_IS(zsock_close(server), 0);

  /* Nobody listens any more. */
  CHECK_IS(zsock_close(listener), 0);
  client = zsock_socket(family, SOCK_STREAM, 0);
  CHECK_FAILS(zsock_connect(client, (struct sockaddr *)&address, length), ECONNREFUSED);
  CHECK_FAILS(zsock_connect(client, NULL, length), EFAULT);
  CHECK_FAILS(zsock_connect(client, (struct sockaddr *)&address, 1), EINVAL);
  CHECK_IS(zsock_close(client), 0);
}

/* Connecting without waiting: EINPROGRESS, and writable when it is done. */
static void not_waiting(void) {
  struct sockaddr_in address;
  socklen_t size = sizeof address;
  int listener = loopback_listener(&address);
  int client = zsock_socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  CHECK_FAILS(zsock_connect(client, (struct sockaddr *)&address, size), EINPROGRESS);
  struct zsock_pollfd entry = {client, ZSOCK_POLLOUT, 0};
  CHECK_IS(zsock_poll(&entry, 1, 20000), 1);
  CHECK_IS(entry.revents, ZSOCK_POLLOUT);
  int error = -1;
  size = sizeof error;
  CHECK_IS(zsock_getsockopt(client, SOL_SOCKET, SO_ERROR, &error, &size), 0);
  CHECK_IS(error, 0);
  CHECK_IS(zsock_close(client), 0);
  CHECK_IS(zsock_close(listener), 0);
}

/* Datagrams with addresses, and messages in parts. */
static void datagrams(void) {
  int a = zsock_socket(AF_INET, SOCK_DGRAM, 0), b = zsock_socket(AF_INET, SOCK_DGRAM, 0);
  struct sockaddr_in address, from;
  memset(&address, 0, sizeof address);
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  CHECK_IS(zsock_bind(b, (struct sockaddr *)&address, size), 0);
  CHECK_IS(zsock_getsockname(b, (struct sockaddr *)&address, &size), 0);
  CHECK_IS(zsock_sendto(a, "dgram", 5, 0, (struct sockaddr *)&address, size), 5);
  CHECK_IS(zsock_recvfrom(b, got, sizeof got, 0, (struct sockaddr *)&from, &size), 5);
  CHECK_IS(from.sin_addr.s_addr, htonl(INADDR_LOOPBACK));
  CHECK_IS(zsock_sendto(b, "back", 4, 0, (struct sockaddr *)&from, size), 4);
  char one[2], two[8] = "";
  struct iovec parts[2] = {{one, sizeof one}, {two, sizeof two}};
  struct msghdr message;
  memset(&message, 0, sizeof message);
  message.msg_iov = parts;
  message.msg_iovlen = 2;
  CHECK_IS(zsock_recvmsg(a, &message, 0), 4);
  CHECK(memcmp(one, "ba", 2) == 0 && memcmp(two, "ck", 2) == 0);
  message.msg_name = &address;
  message.msg_namelen = sizeof address;
  CHECK_IS(zsock_sendmsg(a, &message, 0), 10);
  CHECK_IS(zsock_recv(b, got, sizeof got, 0), 10);
  CHECK_IS(zsock_close(a), 0);
  CHECK_IS(zsock_close(b), 0);
}

/* A client that has gone before it was taken: its address is told all the same. */
static void gone_before_accept(void) {
  struct sockaddr_in address, own, told;
  memset(&told, 0, sizeof told);
  socklen_t size = sizeof address;
  int listener = loopback_listener(&address), client = zsock_socket(AF_INET, SOCK_STREAM, 0);
  CHECK_IS(zsock_connect(client, (struct sockaddr *)&address, size), 0);
  CHECK_IS(zsock_getsockname(client, (struct sockaddr *)&own, &size), 0);
  struct linger hard = {1, 0};
  CHECK_IS(zsock_setsockopt(client, SOL_SOCKET, SO_LINGER, &hard, sizeof hard), 0);
  CHECK_IS(zsock_close(client), 0);
  CHECK_FAILS(zsock_accept(listener, (struct sockaddr *)&told, NULL), EFAULT);
  int server = zsock_accept(listener, (struct sockaddr *)&told, &size);
  CHECK(server >= 0);
  CHECK_IS(zsock_fcntl(server, F_GETFD, 0), FD_CLOEXEC);
  CHECK_FAILS(zsock_getpeername(server, (struct sockaddr *)&address, &size), ENOTCONN);
  CHECK_IS(size, sizeof told);
  CHECK_IS(told.sin_port, own.sin_port);
  CHECK_IS(zsock_close(server), 0);
  CHECK_IS(zsock_close(listener), 0);
}

/* Lists of parts that cannot be, with the kernel's codes. Nothing is sent, nor taken. */
static void bad_parts(void) {
  struct session session;
  open_client(&session);
  send_frame(session.peer, 0x82, false, "ab", 2);
  char byte = 'x';
  struct iovec parts[2] = {{&byte, 1}, {NULL, 1}};
  struct msghdr message;
  memset(&message, 0, sizeof message);
  message.msg_iovlen = 1;
  CHECK_FAILS(zsock_sendmsg(session.ws, &message, 0), EFAULT);
  CHECK_FAILS(zsock_recvmsg(session.ws, &message, 0), EFAULT);
  message.msg_iov = parts;
  message.msg_iovlen = 2;
  CHECK_FAILS(zsock_sendmsg(session.ws, &message, 0), EFAULT);
  CHECK_FAILS(zsock_recvmsg(session.ws, &message, 0), EFAULT);
  message.msg_iov = parts + 1;
  message.msg_iovlen = 1;
  CHECK_FAILS(zsock_sendmsg(session.ws, &message, 0), EFAULT);
  CHECK_FAILS(zsock_recvmsg(session.ws, &message, 0), EFAULT);
  message.msg_iov = parts;
  parts[0].iov_len = (size_t)-1;
  CHECK_FAILS(zsock_sendmsg(session.ws, &message, 0), EINVAL);
  CHECK_FAILS(zsock_recvmsg(session.ws, &message, 0), EINVAL);
  message.msg_iovlen = 1025;
  CHECK_FAILS(zsock_sendmsg(session.ws, &message, 0), EMSGSIZE);
  CHECK_FAILS(zsock_recvmsg(session.ws, &message, 0), EMSGSIZE);
  CHECK_SILENT(session.peer);
  CHECK_IS(zsock_recv(session.ws, got, sizeof got, 0), 2);
  end(&session);
}

static void mistakes(void) {
  CHECK_FAILS(zsock_socket(-1, SOCK_STREAM, 0), EAFNOSUPPORT);
  CHECK_FAILS(zsock_socket(AF_INET, SOCK_DGRAM, IPPROTO_DTLS_1_2), EPROTONOSUPPORT);
  CHECK_FAILS(zsock_socket(AF_INET, SOCK_DGRAM, IPPROTO_TLS_1_2), EPROTONOSUPPORT);
  CHECK_FAILS(zsock_socket(AF_UNIX, SOCK_STREAM, IPPROTO_TLS_1_2), EAFNOSUPPORT);
  int pair[2];
  CHECK_FAILS(zsock_socketpair(AF_INET, SOCK_STREAM, 0, pair), EOPNOTSUPP);
  CHECK_FAILS(zsock_close(1023), EBADF);
  CHECK_FAILS(zsock_close(-1), EBADF);
  CHECK_FAILS(zsock_send(1023, "x", 1, 0), EBADF);
  CHECK_FAILS(zsock_recv(1023, got, 1, 0), EBADF);
  CHECK_FAILS(zsock_sendmsg(1023, NULL, 0), EBADF);
  CHECK_FAILS(zsock_recvmsg(1023, NULL, 0), EBADF);
  CHECK_FAILS(zsock_listen(1023, 1), EBADF);
  CHECK_FAILS(zsock_accept(1023, NULL, NULL), EBADF);
  CHECK_FAILS(zsock_shutdown(1023, ZSOCK_SHUT_RD), EBADF);
  CHECK_FAILS(zsock_fcntl(1023, F_GETFL, 0), EBADF);
  int number = 0;
  CHECK_FAILS(zsock_ioctl_wrapper(1023, FIONREAD, &number), EBADF);
  CHECK_FAILS(zsock_getsockopt(1023, SOL_SOCKET, SO_ERROR, NULL, NULL), EBADF);
  CHECK_FAILS(zsock_setsockopt(1023, SOL_SOCKET, SO_ERROR, NULL, 0), EBADF);
  CHECK_FAILS(zsock_getsockname(1023, NULL, NULL), EFAULT);
  CHECK_FAILS(zsock_getpeername(1023, NULL, NULL), EFAULT);
  CHECK_FAILS(zsock_poll(NULL, 1, 0), EFAULT);
  CHECK_FAILS(zsock_poll(NULL, -1, 0), EINVAL);
  CHECK_IS(zsock_poll(NULL, 0, 10), 0);
  struct zsock_pollfd entries[2] = {{1023, ZSOCK_POLLIN, 0}, {-1, ZSOCK_POLLIN, 7}};
  CHECK_IS(zsock_poll(entries, 2, 0), 1);
  CHECK_IS(entries[0].revents, ZSOCK_POLLNVAL);
  CHECK_IS(entries[1].revents, 0);
}

static void names(void) {
  struct zsock_addrinfo hints, *list = NULL;
  memset(&hints, 0, sizeof hints);
  hints.ai_flags = AI_NUMERICHOST;
  hints.ai_socktype = SOCK_STREAM;
  CHECK_IS(zsock_getaddrinfo("127.0.0.1", "80", &hints, &list), 0);
  CHECK_IS(list->ai_family, AF_INET);
  CHECK_IS(list->ai_addrlen, sizeof(struct sockaddr_in));
  CHECK_IS(net_sin(list->ai_addr)->sin_port, htons(80));
  CHECK(list->ai_next == NULL);
  char host[64], service[16];
  CHECK_IS(zsock_getnameinfo(list->ai_addr, list->ai_addrlen, host, sizeof host, service, sizeof service,
                             NI_NUMERICHOST | NI_NUMERICSERV), 0);
  CHECK(strcmp(host, "127.0.0.1") == 0 && strcmp(service, "80") == 0);
  zsock_freeaddrinfo(list);
  zsock_freeaddrinfo(NULL);
  int code = zsock_getaddrinfo("not a number", NULL, &hints, &list);
  CHECK(code != 0 && strlen(zsock_gai_strerror(code)) > 0);
  CHECK_IS(zsock_gethostname(got, sizeof got), 0);
  struct in6_addr address;
  CHECK_IS(zsock_inet_pton(AF_INET6, "::1", &address), 1);
  CHECK(zsock_inet_ntop(AF_INET6, &address, host, sizeof host) == host && strcmp(host, "::1") == 0);
  CHECK(zsock_inet_ntop(AF_INET6, &address, host, 2) == NULL);
}

/* The same calls on a WebSocket. */
static void on_a_websocket(void) {
  struct session session;
  open_client(&session);
  int ws = session.ws;
  CHECK_IS(zsock_send(ws, "plain", 5, 0), 5);
  CHECK_FRAME(session.peer, 0x81, true, "plain", 5);
  CHECK_IS(zsock_sendto(ws, "to", 2, ZSOCK_MSG_DONTWAIT, (struct sockaddr *)got, 16), 2);
  CHECK_FRAME(session.peer, 0x81, true, "to", 2);
  CHECK_IS(zsock_send(ws, NULL, 0, 0), 0);
  CHECK_FRAME(session.peer, 0x81, true, "", 0);
  CHECK_FAILS(zsock_send(ws, NULL, 1, 0), EFAULT);
  CHECK_FAILS(zsock_recv(ws, NULL, 1, 0), EFAULT);
  CHECK_FAILS(zsock_sendmsg(ws, NULL, 0), EFAULT);
  CHECK_FAILS(zsock_recvmsg(ws, NULL, 0), EFAULT);

  /* Parts are one frame, however many. */
  char a[] = "a", bc[] = "bc", def[] = "def";
  struct iovec parts[5] = {{a, 1}, {bc, 2}, {NULL, 0}, {def, 3}, {a, 1}};
  struct msghdr message;
  memset(&message, 0, sizeof message);
  message.msg_iov = parts;
  message.msg_iovlen = 5;
  CHECK_IS(zsock_sendmsg(ws, &message, 0), 7);
  CHECK_FRAME(session.peer, 0x81, true, "abcdefa", 7);
  message.msg_iovlen = 1;
  CHECK_IS(zsock_sendmsg(ws, &message, 0), 1);
  CHECK_FRAME(session.peer, 0x81, true, "a", 1);

  /* Looking, waiting for all, not waiting. */
  send_frame(session.peer, 0x81, false, "one", 3);
  CHECK_IS(zsock_recv(ws, got, 2, ZSOCK_MSG_PEEK), 2);
  CHECK_IS(zsock_recv(ws, got, sizeof got, 0), 3);
  CHECK_FAILS(zsock_recv(ws, got, sizeof got, ZSOCK_MSG_DONTWAIT), EAGAIN);
  send_frame(session.peer, 0x81, false, "four", 4);
  send_frame(session.peer, 0x81, false, "five", 4);
  CHECK_IS(zsock_recv(ws, got, 8, ZSOCK_MSG_WAITALL), 8);
  CHECK(memcmp(got, "fourfive", 8) == 0);

  /* recvmsg: parts of one frame, and what it is. */
  send_frame(session.peer, 0x82, false, "abcdefgh", 8);
  send_frame(session.peer, 0x82, false, "next", 4);
  char one[3], two[3];
  struct sockaddr_in from;
  union {
    struct cmsghdr align;
    char bytes[CMSG_SPACE(sizeof(struct websocket_message_info))];
  } control;
  struct iovec into[2] = {{one, 3}, {two, 3}};
  memset(&message, 0, sizeof message);
  message.msg_iov = into;
  message.msg_iovlen = 2;
  message.msg_name = &from;
  message.msg_namelen = sizeof from;
  message.msg_control = control.bytes;
  message.msg_controllen = sizeof control.bytes;
  CHECK_IS(zsock_recvmsg(ws, &message, 0), 6);
  CHECK(memcmp(one, "abc", 3) == 0 && memcmp(two, "def", 3) == 0);
  CHECK_IS(message.msg_flags, 0);
  CHECK_IS(message.msg_namelen, sizeof from);
  CHECK_IS(from.sin_family, AF_INET);
  struct cmsghdr *first = CMSG_FIRSTHDR(&message);
  CHECK(first && first->cmsg_level == SOL_WEBSOCKET && first->cmsg_type == WEBSOCKET_MESSAGE_INFO);
  CHECK_IS(first->cmsg_len, CMSG_LEN(sizeof(struct websocket_message_info)));
  struct websocket_message_info info;
  memcpy(&info, CMSG_DATA(first), sizeof info);
  CHECK_IS(info.type, WEBSOCKET_FLAG_BINARY | WEBSOCKET_FLAG_FINAL);
  CHECK_IS(info.remaining, 2);
  /* The rest of the frame, and not of the next; without room for the control message. */
  message.msg_controllen = 4;
  CHECK_IS(zsock_recvmsg(ws, &message, 0), 2);
  CHECK(memcmp(one, "gh", 2) == 0);
  CHECK_IS(message.msg_flags, MSG_CTRUNC);
  CHECK_IS(message.msg_controllen, 0);
  CHECK_IS(zsock_recv(ws, got, sizeof got, 0), 4);

  /* Blocking or not is the WebSocket's own. */
  CHECK_IS(zsock_fcntl_wrapper(ws, F_GETFL) & O_NONBLOCK, 0);
  CHECK_IS(zsock_fcntl_wrapper(ws, F_SETFL, O_NONBLOCK), 0);
  CHECK_IS(zsock_fcntl_wrapper(ws, F_GETFL), O_RDWR | O_NONBLOCK);
  CHECK_IS(fcntl(session.socket, F_GETFL) & O_NONBLOCK, 0);
  CHECK_FAILS(zsock_recv(ws, got, sizeof got, 0), EAGAIN);
  int off = 0;
  CHECK_IS(zsock_ioctl_wrapper(ws, FIONBIO, &off), 0);
  CHECK_IS(zsock_fcntl_wrapper(ws, F_GETFL), O_RDWR);
  CHECK_FAILS(zsock_ioctl_wrapper(ws, FIONREAD, &off), EOPNOTSUPP);
  CHECK_FAILS(zsock_fcntl(ws, F_DUPFD, 0), EINVAL);
  CHECK_IS(zsock_fcntl(ws, F_GETFD, 0), FD_CLOEXEC);

  /* Options of other levels are those of the socket below, and so are the names. */
  int on = 1, value = 0;
  socklen_t size = sizeof value;
  CHECK_IS(zsock_setsockopt(ws, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on), 0);
  CHECK_IS(getsockopt(session.socket, SOL_SOCKET, SO_KEEPALIVE, &value, &size), 0);
  CHECK_IS(value, 1);
  CHECK_FAILS(zsock_getsockopt(ws, SOL_SOCKET, SO_KEEPALIVE, NULL, &size), EFAULT);
  struct sockaddr_in below, above;
  socklen_t length = sizeof below;
  CHECK_IS(getpeername(session.socket, (struct sockaddr *)&below, &length), 0);
  CHECK_IS(zsock_getpeername(ws, (struct sockaddr *)&above, &length), 0);
  CHECK(memcmp(&below, &above, sizeof below) == 0);

  /* Ending the sending side is CLOSE. */
  CHECK_IS(zsock_shutdown(ws, ZSOCK_SHUT_WR), 0);
  CHECK_FRAME(session.peer, 0x88, true, "", 0);
  CHECK_FAILS(zsock_send(ws, "x", 1, 0), EPIPE);
  end(&session);
}

/* zsock_poll and select see what is buffered, and the kernel's poll does too. */
static void readiness(void) {
  struct session session;
  open_client(&session);
  struct zsock_pollfd entries[2] = {{session.ws, ZSOCK_POLLIN | ZSOCK_POLLOUT, 0}, {session.peer, ZSOCK_POLLIN, 0}};
  CHECK_IS(zsock_poll(entries, 2, 0), 1);
  CHECK_IS(entries[0].revents, ZSOCK_POLLOUT);
  send_frame(session.peer, 0x81, false, "two frames", 10);
  send_frame(session.peer, 0x81, false, "at once", 7);
  entries[0].events = ZSOCK_POLLIN;
  CHECK_IS(zsock_poll(entries, 1, 20000), 1);
  CHECK_IS(zsock_recv(session.ws, got, sizeof got, 0), 10);
  CHECK_IS(zsock_poll(entries, 1, 0), 1);
  struct pollfd kernel = {session.ws, POLLIN, 0};
  CHECK_IS(poll(&kernel, 1, 0), 1);

  zsock_fd_set readable, writable, exceptional;
  struct timeval none = {0, 0}, some = {5, 0};
  ZSOCK_FD_ZERO(&readable);
  ZSOCK_FD_ZERO(&writable);
  ZSOCK_FD_ZERO(&exceptional);
  ZSOCK_FD_SET(session.ws, &readable);
  ZSOCK_FD_SET(session.peer, &readable);
  ZSOCK_FD_SET(session.ws, &writable);
  ZSOCK_FD_SET(session.ws, &exceptional);
  int highest = session.ws > session.peer ? session.ws : session.peer;
  CHECK_IS(zsock_select(highest + 1, &readable, &writable, &exceptional, &some), 2);
  CHECK(ZSOCK_FD_ISSET(session.ws, &readable) && !ZSOCK_FD_ISSET(session.peer, &readable));
  CHECK(ZSOCK_FD_ISSET(session.ws, &writable) && !ZSOCK_FD_ISSET(session.ws, &exceptional));
  CHECK_IS(zsock_recv(session.ws, got, sizeof got, 0), 7);
  CHECK_IS(zsock_select(highest + 1, &readable, NULL, NULL, &none), 0);
  CHECK(!ZSOCK_FD_ISSET(session.ws, &readable));
  CHECK_FAILS(zsock_select(-1, NULL, NULL, NULL, &none), EINVAL);
  ZSOCK_FD_SET(1023, &readable);
  CHECK_FAILS(zsock_select(1024, &readable, NULL, NULL, &none), EBADF);
  end(&session);
}

int main(void) {
  kernel_sockets(AF_INET);
  kernel_sockets(AF_INET6);
  not_waiting();
  datagrams();
  gone_before_accept();
  bad_parts();
  mistakes();
  names();
  on_a_websocket();
  readiness();
  return 0;
}
