/* The functions of mqtt.h, each with what it does and with its codes, in MQTT 3.1.1. */
#include "broker.h"

static struct mqtt_publish_param message(const char *topic, const char *payload, uint8_t qos, uint16_t message_id) {
  struct mqtt_publish_param param;
  memset(&param, 0, sizeof param);
  param.message.topic.topic.utf8 = (const uint8_t *)topic;
  param.message.topic.topic.size = (uint32_t)strlen(topic);
  param.message.topic.qos = qos;
  param.message.payload.data = (uint8_t *)payload;
  param.message.payload.len = payload ? (uint32_t)strlen(payload) : 0;
  param.message_id = message_id;
  return param;
}

/* Every function says so where there is no connection, or nothing. */
static void nothing(void) {
  uint8_t room[4];
  struct mqtt_publish_param publish = message("t", "p", 0, 0);
  struct mqtt_puback_param puback = {1, 0, {}};
  struct mqtt_pubrec_param pubrec = {1, 0, {}};
  struct mqtt_pubrel_param pubrel = {1, 0, {}};
  struct mqtt_pubcomp_param pubcomp = {1, 0, {}};
  struct mqtt_topic topic = {MQTT_UTF8_LITERAL("t"), 0};
  struct mqtt_subscription_list list;
  struct mqtt_auth_param auth;
  memset(&list, 0, sizeof list);
  memset(&auth, 0, sizeof auth);
  list.list = &topic;
  list.list_count = 1;
  list.message_id = 1;
  mqtt_client_init(NULL);
  struct mqtt_client *clients[] = {NULL, &client};
  client_init(MQTT_VERSION_3_1_1);
  for (int i = 0; i < 2; i++) {
    int code = i == 0 ? -EINVAL : -ENOTCONN;
    CHECK_IS(mqtt_publish(clients[i], &publish), code);
    CHECK_IS(mqtt_publish_qos1_ack(clients[i], &puback), code);
    CHECK_IS(mqtt_publish_qos2_receive(clients[i], &pubrec), code);
    CHECK_IS(mqtt_publish_qos2_release(clients[i], &pubrel), code);
    CHECK_IS(mqtt_publish_qos2_complete(clients[i], &pubcomp), code);
    CHECK_IS(mqtt_subscribe(clients[i], &list), code);
    CHECK_IS(mqtt_unsubscribe(clients[i], &list), code);
    CHECK_IS(mqtt_ping(clients[i]), code);
    CHECK_IS(mqtt_live(clients[i]), code);
    CHECK_IS(mqtt_input(clients[i]), code);
    CHECK_IS(mqtt_read_publish_payload(clients[i], room, 4), code);
    CHECK_IS(mqtt_read_publish_payload_blocking(clients[i], room, 4), code);
    CHECK_IS(mqtt_readall_publish_payload(clients[i], room, 4), code);
    CHECK_IS(mqtt_disconnect(clients[i], NULL), code);
    CHECK_IS(mqtt_auth(clients[i], &auth), code);
    CHECK_IS(mqtt_keepalive_time_left(clients[i]), i == 0 ? -EINVAL : -1);
    CHECK_IS(mqtt_abort(clients[i]), i == 0 ? -EINVAL : 0);
  }
  CHECK_IS(mqtt_connect(NULL), -EINVAL);
  CHECK_IS(event_count, 0);
}

/* What mqtt_connect refuses, with nothing left open. */
static void bad_connects(void) {
  client_init(MQTT_VERSION_3_1_1);
  CHECK_IS(client.keepalive, 60);
  CHECK_IS(client.transport.tcp.sock, -1);
  client.client_id.utf8 = NULL;
  CHECK_IS(mqtt_connect(&client), -EINVAL);
  client_init(MQTT_VERSION_3_1_1);
  client.rx_buf = NULL;
  CHECK_IS(mqtt_connect(&client), -ENOMEM);
  client_init(MQTT_VERSION_3_1_1);
  client.tx_buf_size = 0;
  CHECK_IS(mqtt_connect(&client), -ENOMEM);
  client_init(MQTT_VERSION_3_1_0);
  CHECK_IS(mqtt_connect(&client), -ENOTSUP);
  client_init(MQTT_VERSION_3_1_1);
  client.broker = NULL;
  CHECK_IS(mqtt_connect(&client), -EINVAL);
  struct sockaddr unknown;
  memset(&unknown, 0, sizeof unknown);
  client.broker = &unknown;
  CHECK_IS(mqtt_connect(&client), -EINVAL);
  client_init(MQTT_VERSION_3_1_1);
  client.transport.if_name = "lo";
  CHECK_IS(mqtt_connect(&client), -ENOTSUP);
  client_init(MQTT_VERSION_3_1_1);
  client.transport.type = MQTT_TRANSPORT_NUM;
  CHECK_IS(mqtt_connect(&client), -ENOTSUP);
  /* nobody listens; the program has no transport of its own */
  struct sockaddr_in nobody = broker_address;
  int held = socket(AF_INET, SOCK_STREAM, 0);
  nobody.sin_port = 0;
  socklen_t length = sizeof nobody;
  CHECK_IS(bind(held, (struct sockaddr *)&nobody, length), 0);
  CHECK_IS(getsockname(held, (struct sockaddr *)&nobody, &length), 0);
  client_init(MQTT_VERSION_3_1_1);
  client.broker = &nobody;
  CHECK_IS(mqtt_connect(&client), -ECONNREFUSED);
  /* lists that are NULL are none, whatever their counts say */
  client.transport.type = MQTT_TRANSPORT_SECURE;
  client.transport.tls.config.sec_tag_count = 3;
  client.transport.tls.config.cipher_count = 3;
  client.transport.tls.config.alpn_protocol_name_count = 3;
  CHECK_IS(mqtt_connect(&client), -ECONNREFUSED);
  client.transport.type = MQTT_TRANSPORT_NON_SECURE_WEBSOCKET;
  CHECK_IS(mqtt_connect(&client), -ECONNREFUSED);
  client.transport.websocket.config.url = "no/slash";
  CHECK_IS(mqtt_connect(&client), -EINVAL);
  client.transport.type = MQTT_TRANSPORT_CUSTOM;
  CHECK_IS(mqtt_connect(&client), -ENOTSUP);
  close(held);
  /* an identifier that is no text; an empty one without a clean session; a will of QoS 3 */
  client_init(MQTT_VERSION_3_1_1);
  client.client_id = MQTT_UTF8_LITERAL("\xFF");
  CHECK_IS(mqtt_connect(&client), -EINVAL);
  client_init(MQTT_VERSION_3_1_1);
  client.client_id.size = 0;
  client.clean_session = 0;
  CHECK_IS(mqtt_connect(&client), -EINVAL);
  client_init(MQTT_VERSION_3_1_1);
  struct mqtt_topic will = {MQTT_UTF8_LITERAL("w"), 3};
  client.will_topic = &will;
  CHECK_IS(mqtt_connect(&client), -EINVAL);
  CHECK_IS(event_count, 0);
  CHECK_IS(client.transport.tcp.sock, -1);
}

/* CONNECT is as the structure says. */
static void connects(void) {
  client_init(MQTT_VERSION_3_1_1);
  struct mqtt_utf8 user = MQTT_UTF8_LITERAL("u"), password = MQTT_UTF8_LITERAL("pw"), last_words = MQTT_UTF8_LITERAL("bye");
  struct mqtt_topic will = {MQTT_UTF8_LITERAL("w"), 1};
  client.user_name = &user;
  client.password = &password;
  client.will_topic = &will;
  client.will_message = &last_words;
  client.will_retain = 1;
  client.clean_session = 0;
  client.keepalive = 300;
  CHECK_IS(mqtt_connect(&client), 0);
  CHECK(client.transport.tcp.sock >= 0);
  CHECK_IS(mqtt_connect(&client), -EISCONN);
  broker = accept(broker_listener, NULL, NULL);
  CHECK_SENT(BYTES(0x10, 29, 0, 4, 'M', 'Q', 'T', 'T', 4, 0xEC, 1, 44, 0, 2, 'm', 'e', 0, 1, 'w', 0, 3, 'b', 'y', 'e', 0, 1, 'u',
                   0, 2, 'p', 'w'));
  /* before CONNACK */
  struct mqtt_publish_param early = message("t", "p", 0, 0);
  CHECK_IS(mqtt_publish(&client, &early), -ENOTCONN);
  CHECK_IS(mqtt_ping(&client), -ENOTCONN);
  CHECK_IS(mqtt_live(&client), -EAGAIN);
  struct mqtt_puback_param puback = {1, 0, {}};
  struct mqtt_pubrel_param pubrel = {1, 0, {}};
  struct mqtt_topic filter = {MQTT_UTF8_LITERAL("t"), 0};
  struct mqtt_subscription_list list;
  memset(&list, 0, sizeof list);
  list.list = &filter;
  list.list_count = 1;
  list.message_id = 1;
  CHECK_IS(mqtt_subscribe(&client, &list), -ENOTCONN);
  CHECK_IS(mqtt_unsubscribe(&client, &list), -ENOTCONN);
  CHECK_IS(mqtt_publish_qos1_ack(&client, &puback), -ENOTCONN);
  CHECK_IS(mqtt_publish_qos2_release(&client, &pubrel), -ENOTCONN);
  uint8_t room[4];
  CHECK_IS(mqtt_read_publish_payload(&client, room, 4), 0); /* there is none */
  CHECK_IS(mqtt_input(&client), 0); /* nothing has come */
  CHECK(mqtt_keepalive_time_left(&client) > 0);
  SAY(0x20, 2, 1, 0);
  CHECK_IS(input(), 0);
  CHECK_IS(last(MQTT_EVT_CONNACK)->param.connack.session_present_flag, 1);
  int left = mqtt_keepalive_time_left(&client);
  CHECK(left > 200000 && left <= 270000);
  abort_client();
  CHECK_IS(last(MQTT_EVT_DISCONNECT)->result, -ECONNABORTED);
  CHECK_IS(client.transport.tcp.sock, -1);
}

/* CONNACK refuses: told twice, and returned. The program may connect again in the callback. */
static int connected_again = -1;
static void connect_again(const struct mqtt_evt *event) {
  if (event->type != MQTT_EVT_DISCONNECT) return;
  in_callback = NULL;
  connected_again = mqtt_connect(&client);
}

static void refused(void) {
  client_init(MQTT_VERSION_3_1_1);
  CHECK_IS(mqtt_connect(&client), 0);
  broker_accept();
  SAY(0x20, 2, 0, MQTT_NOT_AUTHORIZED);
  in_callback = connect_again;
  CHECK_IS(input(), -ECONNREFUSED);
  CHECK_IS(event_count, 2);
  CHECK_IS(events[0].type, MQTT_EVT_CONNACK);
  CHECK_IS(events[0].result, MQTT_NOT_AUTHORIZED);
  CHECK_IS(events[0].param.connack.return_code, MQTT_NOT_AUTHORIZED);
  CHECK_IS(last(MQTT_EVT_DISCONNECT)->result, -ECONNREFUSED);
  close(broker);
  CHECK_IS(connected_again, 0);
  broker_accept();
  SAY(0x20, 2, 0, 0);
  CHECK_IS(input(), 0);
  CHECK_IS(last(MQTT_EVT_CONNACK)->result, 0);
  abort_client();
}

static void publishes(void) {
  client_init(MQTT_VERSION_3_1_1);
  connect_client();
  struct mqtt_publish_param param = message("t", "hello", 0, 9);
  param.retain_flag = 1;
  param.dup_flag = 1; /* without meaning at QoS 0 */
  CHECK_IS(mqtt_publish(&client, &param), 0);
  CHECK_SENT(BYTES(0x31, 8, 0, 1, 't', 'h', 'e', 'l', 'l', 'o'));
  /* The program chooses the identifier, and says what it has sent before. */
  param = message("t", NULL, 1, 0xFFFF);
  CHECK_IS(mqtt_publish(&client, &param), 0);
  CHECK_SENT(BYTES(0x32, 5, 0, 1, 't', 0xFF, 0xFF));
  CHECK_IS(mqtt_publish(&client, &param), -EINVAL); /* it is not answered yet */
  SAY(0x40, 2, 0xFF, 0xFF);
  CHECK_IS(input(), 0);
  CHECK_IS(last(MQTT_EVT_PUBACK)->param.puback.message_id, 0xFFFF);
  param.dup_flag = 1;
  CHECK_IS(mqtt_publish(&client, &param), 0);
  CHECK_SENT(BYTES(0x3A, 5, 0, 1, 't', 0xFF, 0xFF));
  SAY(0x40, 2, 0xFF, 0xFF);
  CHECK_IS(input(), 0);
  /* QoS 2: PUBREL leaves by itself, and the program's own has no effect. */
  param = message("t", "x", 2, 7);
  CHECK_IS(mqtt_publish(&client, &param), 0);
  CHECK_SENT(BYTES(0x34, 6, 0, 1, 't', 0, 7, 'x'));
  SAY(0x50, 2, 0, 7);
  CHECK_IS(input(), 0);
  CHECK_IS(last(MQTT_EVT_PUBREC)->param.pubrec.message_id, 7);
  struct mqtt_pubrel_param release;
  memset(&release, 0, sizeof release);
  release.message_id = 7;
  CHECK_IS(mqtt_publish_qos2_release(&client, &release), 0);
  CHECK_SENT(BYTES(0x62, 2, 0, 7));
  CHECK_SILENT(broker);
  SAY(0x70, 2, 0, 7);
  CHECK_IS(input(), 0);
  CHECK_IS(last(MQTT_EVT_PUBCOMP)->param.pubcomp.message_id, 7);
  /* One whose PUBREC came on a connection before is gone on with. */
  release.message_id = 300;
  CHECK_IS(mqtt_publish_qos2_release(&client, &release), 0);
  CHECK_SENT(BYTES(0x62, 2, 1, 44));
  SAY(0x70, 2, 1, 44);
  CHECK_IS(input(), 0);
  CHECK_IS(last(MQTT_EVT_PUBCOMP)->param.pubcomp.message_id, 300);
  release.message_id = 0;
  CHECK_IS(mqtt_publish_qos2_release(&client, &release), -EINVAL);
  CHECK_IS(mqtt_publish_qos2_release(&client, NULL), -EINVAL);
  /* What cannot be sent. */
  CHECK_IS(mqtt_publish(&client, NULL), -EINVAL);
  param = message("t", "x", 3, 1);
  CHECK_IS(mqtt_publish(&client, &param), -EINVAL);
  param = message("t", "x", 1, 0);
  CHECK_IS(mqtt_publish(&client, &param), -EINVAL);
  param = message("a/#", "x", 0, 0);
  CHECK_IS(mqtt_publish(&client, &param), -EINVAL);
  param = message("", "x", 0, 0);
  CHECK_IS(mqtt_publish(&client, &param), -EINVAL);
  param = message("\xFF", "x", 0, 0);
  CHECK_IS(mqtt_publish(&client, &param), -EINVAL);
  param = message("t", NULL, 0, 0);
  param.message.payload.len = 1;
  CHECK_IS(mqtt_publish(&client, &param), -EINVAL);
  /* As many as the library sends to a broker of 3.1.1 before it has an answer. */
  int code = 0, count = 0;
  while (code == 0 && count < 100) {
    param = message("t", "x", 1, (uint16_t)(++count));
    code = mqtt_publish(&client, &param);
  }
  CHECK_IS(code, -EAGAIN);
  CHECK_IS(count, 21);
  uint8_t skipped[20 * 8];
  read_all(broker, skipped, sizeof skipped);
  CHECK_SILENT(broker);
  abort_client();
}

/* A payload that is larger than all buffers goes out of the program's memory. */
static void publishes_much(void) {
  client_init(MQTT_VERSION_3_1_1);
  connect_client();
  enum { SIZE = 60000 };
  char *payload = (char *)malloc(SIZE + 1), *got = (char *)malloc(SIZE);
  for (int i = 0; i < SIZE; i++) payload[i] = (char)('a' + i % 26);
  payload[SIZE] = 0;
  struct mqtt_publish_param param = message("t", payload, 0, 0);
  CHECK_IS(mqtt_publish(&client, &param), 0);
  CHECK_SENT(BYTES(0x30, 0xE3, 0xD4, 3, 0, 1, 't'));
  read_all(broker, got, SIZE);
  CHECK(memcmp(payload, got, SIZE) == 0);
  free(payload);
  free(got);
  abort_client();
}

static void subscribes(void) {
  client_init(MQTT_VERSION_3_1_1);
  connect_client();
  struct mqtt_topic topics[] = {{MQTT_UTF8_LITERAL("a/+"), 0}, {MQTT_UTF8_LITERAL("b"), 2}};
  struct mqtt_subscription_list list;
  memset(&list, 0, sizeof list);
  list.list = topics;
  list.list_count = 2;
  list.message_id = 500;
  CHECK_IS(mqtt_subscribe(&client, &list), 0);
  CHECK_SENT(BYTES(0x82, 12, 1, 0xF4, 0, 3, 'a', '/', '+', 0, 0, 1, 'b', 2));
  CHECK_IS(mqtt_subscribe(&client, &list), -EINVAL); /* it is not answered yet */
  SAY(0x90, 4, 1, 0xF4, 0, 0x80);
  CHECK_IS(input(), 0);
  struct mqtt_suback_param *answer = &last(MQTT_EVT_SUBACK)->param.suback;
  CHECK_IS(answer->message_id, 500);
  CHECK_IS(answer->return_codes.len, 2);
  CHECK_IS(mqtt_unsubscribe(&client, &list), 0);
  CHECK_SENT(BYTES(0xA2, 10, 1, 0xF4, 0, 3, 'a', '/', '+', 0, 1, 'b'));
  SAY(0xB0, 2, 1, 0xF4);
  CHECK_IS(input(), 0);
  CHECK_IS(last(MQTT_EVT_UNSUBACK)->param.unsuback.message_id, 500);
  CHECK_IS(mqtt_subscribe(&client, NULL), -EINVAL);
  CHECK_IS(mqtt_unsubscribe(&client, NULL), -EINVAL);
  list.list_count = 0;
  CHECK_IS(mqtt_subscribe(&client, &list), -EINVAL);
  CHECK_IS(mqtt_unsubscribe(&client, &list), -EINVAL);
  list.list_count = 2;
  list.message_id = 0;
  CHECK_IS(mqtt_subscribe(&client, &list), -EINVAL);
  list.message_id = 1;
  topics[1].qos = 3;
  CHECK_IS(mqtt_subscribe(&client, &list), -EINVAL);
  topics[1].qos = 0;
  topics[1].topic = MQTT_UTF8_LITERAL("#/b");
  CHECK_IS(mqtt_subscribe(&client, &list), -EINVAL);
  CHECK_IS(mqtt_unsubscribe(&client, &list), -EINVAL);
  list.list = NULL;
  CHECK_IS(mqtt_subscribe(&client, &list), -EINVAL);
  CHECK_IS(mqtt_unsubscribe(&client, &list), -EINVAL);
  CHECK_SILENT(broker);
  abort_client();
}

/* Answers, in the callback and before the payload has been read, as applications do. */
static uint8_t payload_read[64];
static void answer_first(const struct mqtt_evt *event) {
  if (event->type != MQTT_EVT_PUBLISH) return;
  struct mqtt_puback_param puback;
  memset(&puback, 0, sizeof puback);
  puback.message_id = event->param.publish.message_id;
  CHECK_IS(mqtt_publish_qos1_ack(&client, &puback), 0);
  CHECK_IS(mqtt_readall_publish_payload(&client, payload_read, event->param.publish.message.payload.len), 0);
}

static void read_first(const struct mqtt_evt *event) {
  if (event->type != MQTT_EVT_PUBLISH) return;
  CHECK_IS(mqtt_input(&client), -EBUSY);
  CHECK_IS(mqtt_readall_publish_payload(&client, payload_read, event->param.publish.message.payload.len), 0);
  struct mqtt_pubrec_param pubrec;
  memset(&pubrec, 0, sizeof pubrec);
  pubrec.message_id = event->param.publish.message_id;
  CHECK_IS(mqtt_publish_qos2_receive(&client, &pubrec), 0);
  CHECK_IS(mqtt_publish_qos2_receive(&client, &pubrec), -EINVAL);
}

static void receives(void) {
  client_init(MQTT_VERSION_3_1_1);
  connect_client();
  /* The payload is read after the event, in parts; nothing else comes until then. */
  SAY(0x31, 8, 0, 1, 't', 'h', 'e', 'l', 'l', 'o', 0xD0, 0);
  CHECK_IS(input(), 0);
  struct mqtt_publish_param *came = &last(MQTT_EVT_PUBLISH)->param.publish;
  CHECK_IS(came->message.topic.topic.size, 1);
  CHECK_IS(came->message.topic.qos, 0);
  CHECK_IS(came->message.payload.len, 5);
  CHECK(came->message.payload.data == NULL);
  CHECK_IS(came->retain_flag, 1);
  CHECK_IS(came->dup_flag, 0);
  CHECK_IS(mqtt_input(&client), -EBUSY);
  char got[8];
  CHECK_IS(mqtt_read_publish_payload(&client, got, 2), 2);
  CHECK_IS(mqtt_read_publish_payload_blocking(&client, got + 2, 2), 2);
  CHECK_IS(mqtt_input(&client), -EBUSY);
  CHECK_IS(mqtt_read_publish_payload(&client, NULL, 2), -EINVAL);
  CHECK_IS(mqtt_read_publish_payload(&client, got, 0), -EINVAL);
  CHECK_IS(mqtt_readall_publish_payload(&client, NULL, 2), -EINVAL);
  CHECK_IS(mqtt_readall_publish_payload(&client, NULL, 0), 0);
  CHECK_IS(mqtt_readall_publish_payload(&client, (uint8_t *)got + 4, 2), -EIO); /* there is one */
  CHECK(memcmp(got, "hello", 5) == 0);
  CHECK_IS(mqtt_read_publish_payload(&client, got, 8), 0);
  CHECK_IS(input(), 0);
  CHECK_IS(last(MQTT_EVT_PINGRESP)->result, 0);

  /* A payload that has not come: nothing is lost by asking. */
  SAY(0x30, 6, 0, 1, 't', 'a');
  CHECK_IS(input(), 0);
  CHECK_IS(mqtt_read_publish_payload(&client, got, 8), 1);
  CHECK_IS(mqtt_read_publish_payload(&client, got, 8), -EAGAIN);
  SAY('b', 'c');
  CHECK_IS(mqtt_readall_publish_payload(&client, (uint8_t *)got, 2), 0);
  CHECK(memcmp(got, "bc", 2) == 0);

  /* The answer leaves with the payload's last byte. Two messages come at once. */
  in_callback = answer_first;
  SAY(0x32, 7, 0, 1, 't', 0, 9, 'y', 'o', 0x32, 6, 0, 1, 't', 0, 10, 'z');
  CHECK_IS(input(), 0);
  CHECK_IS(payload_read[0], 'z');
  CHECK_SENT(BYTES(0x40, 2, 0, 9, 0x40, 2, 0, 10));

  /* QoS 2: PUBCOMP leaves by itself. */
  in_callback = read_first;
  SAY(0x34, 6, 0, 1, 't', 0, 11, '!');
  CHECK_IS(input(), 0);
  CHECK_SENT(BYTES(0x50, 2, 0, 11));
  SAY(0x62, 2, 0, 11);
  CHECK_IS(input(), 0);
  CHECK_IS(last(MQTT_EVT_PUBREL)->param.pubrel.message_id, 11);
  struct mqtt_pubcomp_param complete;
  memset(&complete, 0, sizeof complete);
  complete.message_id = 11;
  CHECK_IS(mqtt_publish_qos2_complete(&client, &complete), 0);
  CHECK_IS(mqtt_publish_qos2_complete(&client, NULL), -EINVAL);
  CHECK_SENT(BYTES(0x70, 2, 0, 11));
  CHECK_SILENT(broker);

  /* Later, in the messages' order only. */
  in_callback = NULL;
  struct mqtt_puback_param answer;
  memset(&answer, 0, sizeof answer);
  SAY(0x32, 5, 0, 1, 't', 0, 20, 0x32, 5, 0, 1, 't', 0, 21);
  CHECK_IS(input(), 0);
  answer.message_id = 21;
  CHECK_IS(mqtt_publish_qos1_ack(&client, &answer), -EINVAL);
  answer.message_id = 20;
  CHECK_IS(mqtt_publish_qos1_ack(&client, &answer), 0);
  CHECK_IS(mqtt_publish_qos1_ack(&client, NULL), -EINVAL);
  CHECK_IS(mqtt_publish_qos2_receive(&client, NULL), -EINVAL);
  CHECK_SENT(BYTES(0x40, 2, 0, 20));
  abort_client();
}

/* unacked_ping in the events. */
static int pings_seen[3], ping_responses;

static void see_pings(const struct mqtt_evt *event) {
  if (event->type == MQTT_EVT_PINGRESP && ping_responses < 3) pings_seen[ping_responses++] = client.unacked_ping;
}

static void time_passes(void) {
  client_init(MQTT_VERSION_3_1_1);
  client.keepalive = 0;
  connect_client();
  CHECK_IS(mqtt_keepalive_time_left(&client), -1);
  CHECK_IS(mqtt_live(&client), -EAGAIN);
  CHECK_IS(mqtt_ping(&client), 0);
  CHECK_IS(client.unacked_ping, 1);
  CHECK_SENT(BYTES(0xC0, 0));
  SAY(0xD0, 0);
  CHECK_IS(input(), 0);
  last(MQTT_EVT_PINGRESP);
  CHECK_IS(client.unacked_ping, 0);
  abort_client();

  client_init(MQTT_VERSION_3_1_1);
  client.keepalive = 1;
  connect_client();
  CHECK(mqtt_keepalive_time_left(&client) <= 1000);
  wait_for_input(); /* the descriptor says when it is time */
  CHECK_IS(mqtt_keepalive_time_left(&client), 0);
  CHECK_IS(mqtt_live(&client), 0);
  CHECK_IS(client.unacked_ping, 1);
  CHECK_SENT(BYTES(0xC0, 0));
  CHECK_IS(mqtt_live(&client), -EAGAIN);
  /* Nobody answers: it is over, unlike in Zephyr. */
  int code;
  do code = input();
  while (code == 0);
  CHECK_IS(code, -ETIMEDOUT);
  CHECK_IS(last(MQTT_EVT_DISCONNECT)->result, -ETIMEDOUT);
  close(broker);

  /* PINGREQs of mqtt_input itself are counted too, and an answer to none takes nothing below 0. */
  client_init(MQTT_VERSION_3_1_1);
  client.keepalive = 1;
  connect_client();
  CHECK_IS(input(), 0);
  CHECK_SENT(BYTES(0xC0, 0));
  CHECK_IS(client.unacked_ping, 1);
  CHECK_IS(mqtt_ping(&client), 0);
  CHECK_SENT(BYTES(0xC0, 0));
  CHECK_IS(client.unacked_ping, 2);
  in_callback = see_pings;
  SAY(0xD0, 0, 0xD0, 0, 0xD0, 0);
  CHECK_IS(input(), 0);
  last(MQTT_EVT_PINGRESP);
  CHECK(pings_seen[0] == 1 && pings_seen[1] == 0 && pings_seen[2] == 0 && ping_responses == 3);
  CHECK_IS(client.unacked_ping, 0);
  abort_client();
}

/* What the broker does wrong, or the network, is told by the event and returned. */
static void breaks(const uint8_t *bytes, size_t count, int code) {
  client_init(MQTT_VERSION_3_1_1);
  connect_client();
  if (count > 0) write_all(broker, bytes, count);
  else CHECK_IS(shutdown(broker, SHUT_WR), 0);
  CHECK_IS(input(), code);
  CHECK_IS(event_count, 2);
  CHECK_IS(last(MQTT_EVT_DISCONNECT)->result, code);
  CHECK_IS(mqtt_input(&client), -ENOTCONN);
  CHECK_IS(mqtt_disconnect(&client, NULL), -ENOTCONN);
  CHECK_IS(event_count, 2);
  close(broker);
}

static void breaks_all(void) {
  static const uint8_t malformed[] = {0x36, 0}, wrong_way[] = {0x82, 6, 0, 1, 0, 1, 't', 0};
  static const uint8_t unexpected[] = {0x20, 2, 0, 0};
  uint8_t large[400] = {0x90, 0x8D, 3, 0, 1}; /* SUBACK, larger than rx_buf */
  breaks(NULL, 0, -ENOTCONN);
  breaks(malformed, sizeof malformed, -EINVAL);
  breaks(wrong_way, sizeof wrong_way, -EBADMSG);
  breaks(unexpected, sizeof unexpected, -EBADMSG);
  breaks(large, sizeof large, -ENOMEM);
}

/* The broker's socket has gone: told where it is noticed. */
static void reset(void) {
  client_init(MQTT_VERSION_3_1_1);
  connect_client();
  struct linger hard = {1, 0};
  CHECK_IS(setsockopt(broker, SOL_SOCKET, SO_LINGER, &hard, sizeof hard), 0);
  close(broker);
  wait_for_input();
  struct mqtt_publish_param param = message("t", "x", 0, 0);
  int code = mqtt_publish(&client, &param);
  CHECK(code == -ECONNRESET || code == -EPIPE);
  CHECK_IS(last(MQTT_EVT_DISCONNECT)->result, code);
}

static void ends(void) {
  client_init(MQTT_VERSION_3_1_1);
  connect_client();
  struct mqtt_disconnect_param param;
  struct mqtt_auth_param auth;
  memset(&param, 0, sizeof param);
  memset(&auth, 0, sizeof auth);
  CHECK_IS(mqtt_auth(&client, &auth), -ENOTSUP);
  CHECK_IS(mqtt_auth(&client, NULL), -EINVAL);
  CHECK_IS(shutdown(broker, SHUT_WR), 0); /* so that nobody waits for it */
  param.reason_code = MQTT_DISCONNECT_WITH_WILL_MSG; /* which 3.1.1 does not have */
  CHECK_IS(mqtt_disconnect(&client, &param), 0);
  CHECK_IS(last(MQTT_EVT_DISCONNECT)->result, 0);
  CHECK_SENT(BYTES(0xE0, 0));
  char byte;
  CHECK_IS(read(broker, &byte, 1), 0);
  close(broker);
  CHECK_IS(mqtt_disconnect(&client, NULL), -ENOTCONN);

  /* Also before CONNACK. */
  client_init(MQTT_VERSION_3_1_1);
  CHECK_IS(mqtt_connect(&client), 0);
  broker_accept();
  CHECK_IS(shutdown(broker, SHUT_WR), 0);
  CHECK_IS(mqtt_disconnect(&client, NULL), 0);
  CHECK_IS(last(MQTT_EVT_DISCONNECT)->result, 0);
  CHECK_SENT(BYTES(0xE0, 0));
  close(broker);
}

/* What the proxy answers: to the greeting, and to what it is asked for. */
struct proxy {
  uint8_t method, reply;
};

static void *proxy_run(void *argument) {
  const struct proxy *proxy = (const struct proxy *)argument;
  broker = accept(broker_listener, NULL, NULL);
  CHECK(broker >= 0);
  CHECK_SENT(BYTES(5, 1, 0)); /* no login is offered */
  const uint8_t method[] = {5, proxy->method};
  write_all(broker, method, sizeof method);
  if (proxy->method != 0) return NULL;
  /* CONNECT to an address, and not to a name */
  uint8_t wanted[10] = {5, 1, 0, 1}, request[10];
  memcpy(wanted + 4, &broker_address.sin_addr, 4);
  memcpy(wanted + 8, &broker_address.sin_port, 2);
  read_all(broker, request, sizeof request);
  CHECK(memcmp(request, wanted, sizeof wanted) == 0);
  const uint8_t reply[10] = {5, proxy->reply, 0, 1};
  write_all(broker, reply, sizeof reply);
  return NULL;
}

/* Connects through a proxy that answers so; broker_listener is the proxy's, too. */
static int connect_through(uint8_t method, uint8_t reply) {
  struct proxy proxy = {method, reply};
  pthread_t thread;
  CHECK_IS(pthread_create(&thread, NULL, proxy_run, &proxy), 0);
  int code = mqtt_connect(&client);
  CHECK_IS(pthread_join(thread, NULL), 0);
  return code;
}

static void proxies(void) {
  client_init(MQTT_VERSION_3_1_1);
  struct sockaddr *address = (struct sockaddr *)&broker_address;
  struct sockaddr other;
  memset(&other, 0, sizeof other);
  CHECK_IS(mqtt_client_set_proxy(NULL, address, sizeof broker_address), -EINVAL);
  CHECK_IS(mqtt_client_set_proxy(&client, NULL, sizeof broker_address), -EINVAL);
  CHECK_IS(mqtt_client_set_proxy(&client, address, 1), -EINVAL);
  CHECK_IS(mqtt_client_set_proxy(&client, address, sizeof broker_address - 1), -EINVAL);
  CHECK_IS(mqtt_client_set_proxy(&client, &other, sizeof other), -EINVAL);
  CHECK_IS(mqtt_client_set_proxy(&client, address, sizeof broker_address), 0);
  CHECK_IS(client.transport.proxy.addrlen, sizeof broker_address);

  CHECK_IS(connect_through(0, 0), 0);
  read_connect();
  SAY(0x20, 2, 0, 0);
  CHECK_IS(input(), 0);
  CHECK_IS(last(MQTT_EVT_CONNACK)->result, 0);
  abort_client();
  /* It wants a login; it does not reach the broker. */
  CHECK_IS(connect_through(0xFF, 0), -ECONNABORTED);
  close(broker);
  CHECK_IS(connect_through(0, 5), -ECONNABORTED);
  close(broker);
  /* Nobody is there. */
  struct sockaddr_in nowhere;
  close(loopback_listener(&nowhere));
  event_count = 0;
  CHECK_IS(mqtt_client_set_proxy(&client, (struct sockaddr *)&nowhere, sizeof nowhere), 0);
  CHECK_IS(mqtt_connect(&client), -ECONNREFUSED);
  CHECK_IS(event_count, 0);
}

int main(void) {
  broker_open();
  nothing();
  bad_connects();
  connects();
  refused();
  publishes();
  publishes_much();
  subscribes();
  receives();
  time_passes();
  breaks_all();
  reset();
  ends();
  proxies();
  close(broker_listener);
  return 0;
}
