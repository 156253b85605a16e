/* transport.tcp.sock of an MQTT client: the socket calls of programs mean the connection's socket. */
#include "broker.h"

#include <fcntl.h>
#include <netinet/tcp.h>

static int connected_socket(void) {
  client_init(MQTT_VERSION_3_1_1);
  connect_client();
  CHECK_IS(client.transport.websocket.sock, client.transport.tcp.sock);
  return client.transport.tcp.sock;
}

static void the_calls_of_programs(void) {
  int sock = connected_socket(), value = -1, on = 1, ten = 10;
  socklen_t length = sizeof value;
  CHECK_IS(zsock_getsockopt(sock, SOL_SOCKET, SO_ERROR, &value, &length), 0);
  CHECK_IS(value, 0);
  CHECK_IS(zsock_setsockopt(sock, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on), 0);
  CHECK_IS(zsock_getsockopt(sock, IPPROTO_TCP, TCP_NODELAY, &value, &length), 0);
  CHECK(value != 0);
  struct timeval time = {5, 0}, got = {0, 0};
  length = sizeof got;
  CHECK_IS(zsock_setsockopt(sock, SOL_SOCKET, SO_SNDTIMEO, &time, sizeof time), 0);
  CHECK_IS(zsock_getsockopt(sock, SOL_SOCKET, SO_SNDTIMEO, &got, &length), 0);
  CHECK_IS(got.tv_sec, 5);
  /* What would have no effect is refused. */
  CHECK_FAILS(zsock_setsockopt(sock, SOL_SOCKET, SO_RCVLOWAT, &ten, sizeof ten), ENOPROTOOPT);

  struct sockaddr_in name;
  length = sizeof name;
  CHECK_IS(zsock_getpeername(sock, (struct sockaddr *)&name, &length), 0);
  CHECK_IS(name.sin_port, broker_address.sin_port);
  CHECK_IS(zsock_getsockname(sock, (struct sockaddr *)&name, &length), 0);
  CHECK_IS(name.sin_addr.s_addr, htonl(INADDR_LOOPBACK));
  CHECK(zsock_fcntl(sock, F_GETFL, 0) >= 0);
  /* The stream is MQTT's. */
  CHECK_FAILS(zsock_send(sock, "x", 1, 0), EOPNOTSUPP);
  CHECK_FAILS(zsock_recv(sock, &value, 1, 0), EOPNOTSUPP);
  struct zsock_pollfd entry = {sock, ZSOCK_POLLIN | ZSOCK_POLLOUT, 0};
  CHECK_IS(zsock_poll(&entry, 1, 1000), 1);
  CHECK_IS(entry.revents, ZSOCK_POLLOUT);

  CHECK_IS(zsock_shutdown(sock, ZSOCK_SHUT_RDWR), 0);
  entry.events = ZSOCK_POLLIN;
  CHECK_IS(zsock_poll(&entry, 1, 10000), 1);
  CHECK(mqtt_input(&client) < 0);
  CHECK_IS(events[event_count - 1].type, MQTT_EVT_DISCONNECT);
  CHECK_IS(client.transport.tcp.sock, -1);
  CHECK_FAILS(zsock_close(sock), EBADF);
  close(broker);
}

/* SO_SNDTIMEO ends a write that the broker does not take. */
static void a_write_ends_at_the_option(void) {
  int sock = connected_socket(), small = 4096;
  CHECK_IS(zsock_setsockopt(sock, SOL_SOCKET, SO_SNDBUF, &small, sizeof small), 0);
  struct timeval time = {0, 100000};
  CHECK_IS(zsock_setsockopt(sock, SOL_SOCKET, SO_SNDTIMEO, &time, sizeof time), 0);
  static uint8_t bytes[1 << 20];
  struct mqtt_publish_param message;
  memset(&message, 0, sizeof message);
  message.message.topic.topic = MQTT_UTF8_LITERAL("t");
  message.message.payload.data = bytes;
  message.message.payload.len = sizeof bytes;
  int result = 0;
  for (int i = 0; i < 100 && result == 0; i++) result = mqtt_publish(&client, &message);
  CHECK_IS(result, -ETIMEDOUT);
  close(broker);
}

/* The number is the client's again at its end, and no other is closed. */
static void a_program_that_closes_it(void) {
  int sock = connected_socket();
  CHECK_IS(zsock_close(sock), 0);
  CHECK_FAILS(zsock_close(sock), EBADF);
  int file = open("/dev/null", O_RDWR);
  CHECK(mqtt_input(&client) < 0);
  CHECK_IS(events[event_count - 1].type, MQTT_EVT_DISCONNECT);
  CHECK_IS(mqtt_abort(&client), 0);
  CHECK(fcntl(file, F_GETFD) >= 0);
  close(file);
  close(broker);
}

int main(void) {
  alarm(60);
  broker_open();
  the_calls_of_programs();
  a_write_ends_at_the_option();
  a_program_that_closes_it();
  close(broker_listener);
  return 0;
}
