/* A program that uses the POSIX names, as Zephyr's do with CONFIG_NET_SOCKETS_POSIX_NAMES: all of it goes over a WebSocket. */
#define CONFIG_NET_SOCKETS_POSIX_NAMES 1
#include "check.h"

#include <zephyr/net/net_ip.h>
#include <zephyr/net/socket.h>
#include <zephyr/net/websocket.h>

int main(void) {
  int ends[2];
  CHECK_IS(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
  uint8_t memory[2][200];
  int ws = websocket_register(ends[0], memory[0], sizeof memory[0]);
  CHECK(ws >= 0);

  CHECK_IS(send(ws, "hello", 5, 0), 5);
  char wire[16];
  CHECK_IS(recv(ends[1], wire, sizeof wire, 0), 7);
  CHECK(memcmp(wire, "\x81\x05hello", 7) == 0);
  CHECK_IS(sendto(ends[1], "\x81\x82\0\0\0\0hi", 8, 0, NULL, 0), 8);
  struct pollfd entry;
  entry.fd = ws;
  entry.events = POLLIN;
  CHECK_IS(poll(&entry, 1, 20000), 1);
  char got[8];
  CHECK_IS(recvfrom(ws, got, sizeof got, 0, NULL, NULL), 2);
  CHECK(memcmp(got, "hi", 2) == 0);
  CHECK_IS(fcntl(ws, F_GETFL), O_RDWR);
  CHECK_IS(fcntl(ws, F_SETFL, O_NONBLOCK), 0);
  CHECK_FAILS(recv(ws, got, sizeof got, 0), EAGAIN);
  int off = 0;
  CHECK_IS(ioctl(ws, FIONBIO, &off), 0);
  int value = 2;
  socklen_t length = sizeof value;
  CHECK_IS(setsockopt(ws, SOL_WEBSOCKET, WEBSOCKET_SEND_OPCODE, &value, sizeof value), 0);
  CHECK_IS(getsockopt(ws, SOL_WEBSOCKET, WEBSOCKET_SEND_OPCODE, &value, &length), 0);
  CHECK_IS(value, 2);
  struct sockaddr_storage name;
  length = sizeof name;
  CHECK_IS(getsockname(ws, (struct sockaddr *)&name, &length), 0);
  CHECK_IS(getpeername(ws, (struct sockaddr *)&name, &length), 0);
  fd_set set;
  struct timeval none = {0, 0};
  FD_ZERO(&set);
  FD_SET(ws, &set);
  CHECK_IS(select(ws + 1, NULL, &set, NULL, &none), 1);
  struct addrinfo *list;
  CHECK_IS(getaddrinfo("127.0.0.1", "1", NULL, &list), 0);
  freeaddrinfo(list);
  CHECK_IS(shutdown(ws, SHUT_WR), 0);
  CHECK_IS(recv(ends[1], wire, 2, MSG_WAITALL), 2);
  CHECK(memcmp(wire, "\x88\0", 2) == 0);
  CHECK_IS(close(ws), 0);
  CHECK_FAILS(close(ws), EBADF);
  CHECK_IS(close(ends[0]), 0);
  CHECK_IS(close(ends[1]), 0);

  int listener = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
  struct sockaddr_in address;
  memset(&address, 0, sizeof address);
  net_sin((struct sockaddr *)&address)->sin_family = AF_INET;
  net_sin((struct sockaddr *)&address)->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  length = sizeof address;
  CHECK_IS(bind(listener, (struct sockaddr *)&address, length), 0);
  CHECK_IS(listen(listener, 1), 0);
  CHECK_IS(getsockname(listener, (struct sockaddr *)&address, &length), 0);
  int client = socket(AF_INET, SOCK_STREAM, 0);
  CHECK_IS(connect(client, (struct sockaddr *)&address, length), 0);
  int server = accept(listener, NULL, NULL);
  CHECK(server >= 0);
  CHECK_IS(close(server), 0);
  CHECK_IS(close(client), 0);

  /* And Zephyr's names since 4.4. */
  struct net_sockaddr_in other;
  net_socklen_t size = sizeof other;
  CHECK_IS(zsock_getsockname(listener, (struct net_sockaddr *)&other, &size), 0);
  CHECK_IS(net_ntohs(other.sin_port), ntohs(address.sin_port));
  client = zsock_socket(NET_AF_INET, NET_SOCK_STREAM, NET_IPPROTO_TCP);
  CHECK_IS(zsock_connect(client, (struct net_sockaddr *)&other, size), 0);
  CHECK_IS(zsock_setsockopt(client, ZSOCK_SOL_TLS, ZSOCK_TLS_HOSTNAME, "x", 1), -1);
  CHECK_IS(zsock_close(client), 0);
  CHECK_IS(close(listener), 0);
  return 0;
}
