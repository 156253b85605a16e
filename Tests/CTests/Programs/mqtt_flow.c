/* The flow of Zephyr's MQTT publisher: ping, then publish at QoS 0, 1 and 2, waiting in between; and what is published comes
 * back, since the program subscribes to it, too.
 *
 *   mqtt_flow TRANSPORT PORT ROUNDS VERSION [CERTIFICATE [PROXY]]    tcp, tls, ws or wss; 3 or 5; of localhost, PEM, or "-";
 *                                                                   the port of a SOCKS proxy */
#include "check.h"

#include <poll.h>
#include <stdbool.h>
#include <time.h>
#include <westwind.h>

enum { CA_TAG = 1, BUFFER = 256, TIMEOUT = 30000 };

static struct mqtt_client client;
static uint8_t rx_buffer[BUFFER], tx_buffer[BUFFER], ws_buffer[1280], payload[3000];
static bool connected, subscribed, ponged, acknowledged, arrived, ended;
static uint16_t message_id;
static size_t payload_length;

static void read_payload(const struct mqtt_publish_param *message) {
  uint8_t got[sizeof payload];
  CHECK_IS(message->message.payload.len, payload_length);
  CHECK_IS(mqtt_readall_publish_payload(&client, got, payload_length), 0);
  CHECK(memcmp(got, payload, payload_length) == 0);
  arrived = true;
}

static void on_event(struct mqtt_client *source, const struct mqtt_evt *event) {
  CHECK(source == &client);
  switch (event->type) {
  case MQTT_EVT_CONNACK:
    CHECK_IS(event->result, 0);
    connected = true;
    break;
  case MQTT_EVT_DISCONNECT:
    ended = true;
    break;
  case MQTT_EVT_PUBLISH: {
    const struct mqtt_publish_param *message = &event->param.publish;
    struct mqtt_puback_param puback;
    struct mqtt_pubrec_param pubrec;
    memset(&puback, 0, sizeof puback);
    memset(&pubrec, 0, sizeof pubrec);
    puback.message_id = pubrec.message_id = message->message_id;
    read_payload(message);
    if (message->message.topic.qos == MQTT_QOS_1_AT_LEAST_ONCE) CHECK_IS(mqtt_publish_qos1_ack(&client, &puback), 0);
    if (message->message.topic.qos == MQTT_QOS_2_EXACTLY_ONCE) CHECK_IS(mqtt_publish_qos2_receive(&client, &pubrec), 0);
    break;
  }
  case MQTT_EVT_PUBACK:
    CHECK_IS(event->param.puback.message_id, message_id);
    acknowledged = true;
    break;
  case MQTT_EVT_PUBREC: {
    struct mqtt_pubrel_param release;
    memset(&release, 0, sizeof release);
    release.message_id = event->param.pubrec.message_id;
    CHECK_IS(mqtt_publish_qos2_release(&client, &release), 0);
    break;
  }
  case MQTT_EVT_PUBREL: {
    struct mqtt_pubcomp_param complete;
    memset(&complete, 0, sizeof complete);
    complete.message_id = event->param.pubrel.message_id;
    CHECK_IS(mqtt_publish_qos2_complete(&client, &complete), 0);
    break;
  }
  case MQTT_EVT_PUBCOMP:
    CHECK_IS(event->param.pubcomp.message_id, message_id);
    acknowledged = true;
    break;
  case MQTT_EVT_SUBACK:
    CHECK_IS(event->param.suback.return_codes.len, 1);
    CHECK_IS(event->param.suback.return_codes.data[0], MQTT_SUBACK_SUCCESS_QoS_2);
    subscribed = true;
    break;
  case MQTT_EVT_PINGRESP:
    ponged = true;
    break;
  default:
    fail(__FILE__, __LINE__, "event %d", event->type);
  }
}

/* Polls as the sample does, with the kernel's own call, until something has happened. */
static void wait_for(const bool *what) {
  while (!*what) {
    int socket = client.transport.tcp.sock;
    if (client.transport.type >= MQTT_TRANSPORT_NON_SECURE_WEBSOCKET) socket = client.transport.websocket.sock;
    struct pollfd entry = {socket, POLLIN, 0};
    int left = mqtt_keepalive_time_left(&client);
    CHECK(poll(&entry, 1, left < 0 || left > TIMEOUT ? TIMEOUT : left) >= 0);
    CHECK_IS(mqtt_input(&client), 0);
    int code = mqtt_live(&client);
    CHECK(code == 0 || code == -EAGAIN);
  }
}

static void publish(enum mqtt_qos qos) {
  struct mqtt_publish_param param;
  memset(&param, 0, sizeof param);
  param.message.topic.topic = MQTT_UTF8_LITERAL("sensors");
  param.message.topic.qos = (uint8_t)qos;
  payload_length = (size_t)rand() % sizeof payload;
  for (size_t i = 0; i < payload_length; i++) payload[i] = (uint8_t)rand();
  param.message.payload.data = payload;
  param.message.payload.len = (uint32_t)payload_length;
  param.message_id = message_id = (uint16_t)(1 + rand() % 65535);
  acknowledged = qos == MQTT_QOS_0_AT_MOST_ONCE;
  arrived = false;
  CHECK_IS(mqtt_publish(&client, &param), 0);
  wait_for(&acknowledged);
  wait_for(&arrived);
}

static void add_certificate(const char *name) {
  char text[8192];
  FILE *file = fopen(name, "r");
  CHECK(file != NULL);
  size_t length = fread(text, 1, sizeof text - 1, file);
  text[length] = 0;
  fclose(file);
  CHECK_IS(tls_credential_add(CA_TAG, TLS_CREDENTIAL_CA_CERTIFICATE, text, length + 1), 0);
}

static enum mqtt_transport_type transport_named(const char *name) {
  if (strcmp(name, "tls") == 0) return MQTT_TRANSPORT_SECURE;
  if (strcmp(name, "ws") == 0) return MQTT_TRANSPORT_NON_SECURE_WEBSOCKET;
  if (strcmp(name, "wss") == 0) return MQTT_TRANSPORT_SECURE_WEBSOCKET;
  return MQTT_TRANSPORT_NON_SECURE;
}

static struct sockaddr_in loopback(const char *port) {
  struct sockaddr_in address;
  memset(&address, 0, sizeof address);
  address.sin_family = AF_INET;
  address.sin_port = htons((uint16_t)atoi(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

int main(int count, char **arguments) {
  CHECK(count >= 5);
  struct sockaddr_in address = loopback(arguments[2]);

  mqtt_client_init(&client);
  client.broker = &address;
  client.evt_cb = on_event;
  client.client_id = MQTT_UTF8_LITERAL("zephyr_publisher");
  client.protocol_version = arguments[4][0] == '5' ? MQTT_VERSION_5_0 : MQTT_VERSION_3_1_1;
  client.clean_session = 1;
  client.rx_buf = rx_buffer;
  client.rx_buf_size = sizeof rx_buffer;
  client.tx_buf = tx_buffer;
  client.tx_buf_size = sizeof tx_buffer;
  client.transport.type = transport_named(arguments[1]);
  if (count > 6) {
    struct sockaddr_in proxy = loopback(arguments[6]);
    CHECK_IS(mqtt_client_set_proxy(&client, (struct sockaddr *)&proxy, sizeof proxy), 0);
  }
  sec_tag_t tags[] = {CA_TAG};
  if (count > 5 && strcmp(arguments[5], "-") != 0) {
    add_certificate(arguments[5]);
    client.transport.tls.config.peer_verify = TLS_PEER_VERIFY_REQUIRED;
    client.transport.tls.config.sec_tag_list = tags;
    client.transport.tls.config.sec_tag_count = 1;
    /* Nobody of this name is there. */
    client.transport.tls.config.hostname = "elsewhere.example";
    CHECK_IS(mqtt_connect(&client), -ECONNABORTED);
    client.transport.tls.config.hostname = "localhost";
  }
  client.transport.websocket.config.host = "localhost";
  client.transport.websocket.config.url = "/mqtt";
  client.transport.websocket.config.tmp_buf = ws_buffer;
  client.transport.websocket.config.tmp_buf_len = sizeof ws_buffer;
  client.transport.websocket.timeout = 20000;

  CHECK_IS(mqtt_connect(&client), 0);
  wait_for(&connected);
  struct mqtt_topic topic = {MQTT_UTF8_LITERAL("sensors"), MQTT_QOS_2_EXACTLY_ONCE};
  struct mqtt_subscription_list list;
  memset(&list, 0, sizeof list);
  list.list = &topic;
  list.list_count = 1;
  list.message_id = 1;
  CHECK_IS(mqtt_subscribe(&client, &list), 0);
  wait_for(&subscribed);
  int rounds = atoi(arguments[3]);
  for (int i = 0; i < rounds; i++) {
    ponged = false;
    CHECK_IS(mqtt_ping(&client), 0);
    wait_for(&ponged);
    publish(MQTT_QOS_0_AT_MOST_ONCE);
    publish(MQTT_QOS_1_AT_LEAST_ONCE);
    publish(MQTT_QOS_2_EXACTLY_ONCE);
  }
  CHECK_IS(mqtt_disconnect(&client, NULL), 0);
  CHECK(ended);
  printf("%d rounds\n", rounds);
  return 0;
}
