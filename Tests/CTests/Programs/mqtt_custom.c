/* MQTT_TRANSPORT_CUSTOM: the five functions of the program's own, over a pair of sockets. */
#include "broker.h"

#include <limits.h>

static int ours = -1, fails_with, shows_socket = 1, disconnects, gathered;
static long long read_says; /* a number of a read, in place of one that is true; 0: none */

int mqtt_client_custom_transport_connect(struct mqtt_client *source) {
  CHECK(source == &client);
  CHECK(source->transport.custom_transport_data == &ours);
  if (fails_with) return fails_with;
  int sockets[2];
  CHECK_IS(socketpair(AF_UNIX, SOCK_STREAM, 0, sockets), 0);
  ours = sockets[0];
  broker = sockets[1];
  if (shows_socket) source->transport.tcp.sock = ours;
  source->transport.websocket.sock = 4711;
  return 0;
}

int mqtt_client_custom_transport_write(struct mqtt_client *source, const uint8_t *data, uint32_t datalen) {
  CHECK(source == &client);
  if (fails_with) return fails_with;
  write_all(ours, data, datalen);
  return 0;
}

int mqtt_client_custom_transport_write_msg(struct mqtt_client *source, const struct msghdr *message) {
  CHECK(source == &client);
  for (size_t i = 0; i < message->msg_iovlen; i++) write_all(ours, message->msg_iov[i].iov_base, message->msg_iov[i].iov_len);
  gathered++;
  return 0;
}

int mqtt_client_custom_transport_read(struct mqtt_client *source, uint8_t *data, uint32_t buflen, bool shall_block) {
  CHECK(source == &client);
  if (read_says) return read_says > 0 ? (int)(buflen + read_says) : (int)read_says;
  ssize_t count = recv(ours, data, buflen, shall_block ? 0 : MSG_DONTWAIT);
  return count < 0 ? -errno : (int)count;
}

int mqtt_client_custom_transport_disconnect(struct mqtt_client *source) {
  CHECK(source == &client);
  close(ours);
  ours = -1;
  disconnects++;
  return 0;
}

static void start(void) {
  client_init(MQTT_VERSION_3_1_1);
  client.broker = NULL;
  client.transport.type = MQTT_TRANSPORT_CUSTOM;
  client.transport.custom_transport_data = &ours;
}

static void begin(void) {
  start();
  CHECK_IS(mqtt_connect(&client), 0);
  uint8_t connect[16];
  read_all(broker, connect, sizeof connect);
  SAY(0x20, 2, 0, 0);
}

int main(void) {
  begin();
  CHECK_IS(client.transport.tcp.sock, ours); /* it stays the transport's own */
  CHECK_IS(client.transport.websocket.sock, 4711); /* and so does this */
  CHECK_IS(input(), 0);
  CHECK_IS(last(MQTT_EVT_CONNACK)->result, 0);
  /* A large payload is written from where it is. */
  static uint8_t payload[20000], got[20005];
  memset(payload, 'x', sizeof payload);
  struct mqtt_publish_param param;
  memset(&param, 0, sizeof param);
  param.message.topic.topic = MQTT_UTF8_LITERAL("t");
  param.message.payload.data = payload;
  param.message.payload.len = sizeof payload;
  CHECK_IS(mqtt_publish(&client, &param), 0);
  CHECK_IS(gathered, 1);
  read_all(broker, got, 7);
  read_all(broker, got, sizeof payload);
  CHECK(memcmp(payload, got, sizeof payload) == 0);
  SAY(0x30, 4, 0, 1, 't', 'h');
  CHECK_IS(input(), 0);
  CHECK_IS(mqtt_readall_publish_payload(&client, got, 1), 0);
  close(broker);
  CHECK_IS(input(), -ENOTCONN);
  CHECK_IS(last(MQTT_EVT_DISCONNECT)->result, -ENOTCONN);
  CHECK_IS(disconnects, 1);

  /* Without a descriptor the program has to know when to call. */
  shows_socket = 0;
  begin();
  CHECK_IS(client.transport.tcp.sock, -1);
  CHECK_IS(mqtt_input(&client), 0);
  CHECK_IS(last(MQTT_EVT_CONNACK)->result, 0);
  CHECK_IS(mqtt_ping(&client), 0);
  CHECK_SENT(BYTES(0xC0, 0));
  /* What the functions return goes back to the program. */
  fails_with = -ENOLINK;
  CHECK_IS(mqtt_ping(&client), -ENOLINK);
  CHECK_IS(last(MQTT_EVT_DISCONNECT)->result, -ENOLINK);
  CHECK_IS(disconnects, 2);
  close(broker);
  start();
  fails_with = -EHOSTDOWN;
  CHECK_IS(mqtt_connect(&client), -EHOSTDOWN);
  CHECK_IS(event_count, 0);
  CHECK_IS(disconnects, 2);
  /* The least of all numbers, which has no opposite. */
  fails_with = INT_MIN;
  CHECK_IS(mqtt_connect(&client), -INT_MAX);
  fails_with = 0;
  begin();
  read_says = INT_MIN;
  CHECK_IS(mqtt_input(&client), -INT_MAX);
  CHECK_IS(last(MQTT_EVT_DISCONNECT)->result, -INT_MAX);
  close(broker);
  /* More than there was room for: of a packet, and of a payload. */
  read_says = 0;
  begin();
  read_says = 1;
  CHECK_IS(mqtt_input(&client), -EIO);
  CHECK_IS(last(MQTT_EVT_DISCONNECT)->result, -EIO);
  close(broker);
  read_says = 0;
  begin();
  CHECK_IS(mqtt_input(&client), 0);
  SAY(0x30, 6, 0, 1, 't');
  CHECK_IS(mqtt_input(&client), 0);
  CHECK_IS(last(MQTT_EVT_PUBLISH)->param.publish.message.payload.len, 3);
  read_says = 1;
  CHECK_IS(mqtt_read_publish_payload(&client, got, sizeof got), -EIO);
  CHECK_IS(last(MQTT_EVT_DISCONNECT)->result, -EIO);
  CHECK_IS(disconnects, 5);
  close(broker);
  return 0;
}
