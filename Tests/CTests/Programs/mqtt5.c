/* What MQTT 5.0 adds to mqtt.h: properties and reason codes, both ways, and AUTH. */
#include "broker.h"

/* The events point to memory that is the callback's, so texts are compared there. */
static char seen[4][32];

static void copy(int i, struct mqtt_utf8 text) {
  CHECK(text.size < sizeof seen[i]);
  memcpy(seen[i], text.utf8, text.size);
  seen[i][text.size] = 0;
}

static void see_connack(const struct mqtt_evt *event) {
  copy(0, event->param.connack.prop.assigned_client_id);
  copy(1, event->param.connack.prop.user_prop[1].name);
  copy(2, event->param.connack.prop.user_prop[1].value);
  copy(3, event->param.connack.prop.reason_string);
}

static void connects(void) {
  client_init(MQTT_VERSION_5_0);
  struct mqtt_topic will = {MQTT_UTF8_LITERAL("w"), 0};
  client.will_topic = &will;
  client.will_prop.will_delay_interval = 5;
  client.will_prop.content_type = MQTT_UTF8_LITERAL("x");
  client.prop.session_expiry_interval = 7;
  client.prop.maximum_packet_size = 1000;
  client.prop.receive_maximum = 3;
  client.prop.request_response_info = true;
  client.prop.request_problem_info = false;
  client.prop.user_prop[0].name = MQTT_UTF8_LITERAL("k");
  client.prop.user_prop[0].value = MQTT_UTF8_LITERAL("v");
  client.keepalive = 10;
  client.client_id.size = 0;
  CHECK_IS(mqtt_connect(&client), 0);
  broker = accept(broker_listener, NULL, NULL);
  uint8_t head[13], rest[120];
  read_all(broker, head, 13);
  CHECK_IS(head[8], 5);
  read_all(broker, rest, head[1] - 11u);
  /* properties in whichever order: 4+1 session expiry, 4+1 maximum packet size, 2+1 receive maximum, 1+1 twice, 7 user, and the
   * topic alias maximum of the library, 2+1 */
  CHECK_IS(head[12], 5 + 5 + 3 + 2 + 2 + 7 + 3);
  in_callback = see_connack;
  SAY(0x20, 51, 0, 0, 48,                                   /* */
      0x12, 0, 2, 'i', 'd', 0x11, 0, 0, 0, 9, 0x21, 0, 4,   /* assigned identifier, session expiry, receive maximum */
      0x24, 1, 0x25, 0, 0x27, 0, 0, 0, 50, 0x22, 0, 2,      /* QoS, retain, maximum packet size, aliases */
      0x13, 0, 60, 0x2A, 0, 0x26, 0, 1, 'a', 0, 1, 'b',     /* keep alive, shared subscriptions, a user property */
      0x26, 0, 1, 'c', 0, 1, 'd', 0x1F, 0, 1, 'r');         /* another, reason string */
  CHECK_IS(input(), 0);
  struct mqtt_connack_param *answer = &last(MQTT_EVT_CONNACK)->param.connack;
  CHECK(strcmp(seen[0], "id") == 0 && strcmp(seen[1], "c") == 0 && strcmp(seen[2], "d") == 0 && strcmp(seen[3], "r") == 0);
  CHECK(answer->prop.rx.has_assigned_client_id && answer->prop.rx.has_user_prop && answer->prop.rx.has_reason_string);
  CHECK_IS(answer->prop.session_expiry_interval, 9);
  CHECK_IS(answer->prop.receive_maximum, 4);
  CHECK_IS(answer->prop.maximum_qos, 1);
  CHECK_IS(answer->prop.maximum_packet_size, 50);
  CHECK_IS(answer->prop.topic_alias_maximum, 2);
  CHECK_IS(answer->prop.server_keep_alive, 60);
  CHECK(answer->prop.rx.has_retain_available && answer->prop.retain_available == 0);
  CHECK(answer->prop.rx.has_shared_sub_available && answer->prop.shared_sub_available == 0);
  CHECK(!answer->prop.rx.has_wildcard_sub_available && !answer->prop.rx.has_auth_data);
  in_callback = NULL;

  /* The broker's limits hold. */
  struct mqtt_publish_param param;
  memset(&param, 0, sizeof param);
  param.message.topic.topic = MQTT_UTF8_LITERAL("t");
  param.message_id = 1;
  param.message.topic.qos = 2;
  CHECK_IS(mqtt_publish(&client, &param), -ENOTSUP);
  param.message.topic.qos = 0;
  param.retain_flag = 1;
  CHECK_IS(mqtt_publish(&client, &param), -ENOTSUP);
  param.retain_flag = 0;
  uint8_t much[60] = {0};
  param.message.payload.data = much;
  param.message.payload.len = sizeof much;
  CHECK_IS(mqtt_publish(&client, &param), -EMSGSIZE);
  param.message.payload.len = 0;
  param.prop.topic_alias = 3;
  CHECK_IS(mqtt_publish(&client, &param), -EINVAL);
  abort_client();
}

static void publishes(void) {
  client_init(MQTT_VERSION_5_0);
  CHECK_IS(mqtt_connect(&client), 0);
  broker_accept();
  SAY(0x20, 6, 0, 0, 3, 0x22, 0, 2);
  CHECK_IS(input(), 0);
  uint8_t data[] = {1, 2};
  struct mqtt_publish_param param;
  memset(&param, 0, sizeof param);
  param.message.topic.topic = MQTT_UTF8_LITERAL("t");
  param.message.topic.qos = 1;
  param.message_id = 5;
  param.prop.payload_format_indicator = 1;
  param.prop.message_expiry_interval = 60;
  param.prop.topic_alias = 2;
  param.prop.response_topic = MQTT_UTF8_LITERAL("r");
  param.prop.correlation_data.data = data;
  param.prop.correlation_data.len = 2;
  param.prop.content_type = MQTT_UTF8_LITERAL("c");
  param.prop.user_prop[0].name = MQTT_UTF8_LITERAL("k");
  param.prop.user_prop[0].value = MQTT_UTF8_LITERAL("v");
  CHECK_IS(mqtt_publish(&client, &param), 0);
  CHECK_SENT(BYTES(0x32, 36, 0, 1, 't', 0, 5, 30,                                     /* */
                   0x01, 1, 0x02, 0, 0, 0, 60, 0x23, 0, 2, 0x08, 0, 1, 'r', 0x09, 0, 2, 1, 2, /* */
                   0x03, 0, 1, 'c', 0x26, 0, 1, 'k', 0, 1, 'v'));
  SAY(0x40, 4, 0, 5, 0x10, 0);
  CHECK_IS(input(), 0);
  CHECK_IS(last(MQTT_EVT_PUBACK)->param.puback.reason_code, 0x10);
  /* From now on the alias is enough. */
  memset(&param, 0, sizeof param);
  param.prop.topic_alias = 2;
  CHECK_IS(mqtt_publish(&client, &param), 0);
  CHECK_SENT(BYTES(0x30, 6, 0, 0, 3, 0x23, 0, 2));

  struct mqtt_topic topic = {MQTT_UTF8_LITERAL("t"), 1};
  struct mqtt_subscription_list list;
  memset(&list, 0, sizeof list);
  list.list = &topic;
  list.list_count = 1;
  list.message_id = 6;
  list.prop.subscription_identifier = 17;
  CHECK_IS(mqtt_subscribe(&client, &list), 0);
  CHECK_SENT(BYTES(0x82, 9, 0, 6, 2, 0x0B, 17, 0, 1, 't', 1));
  SAY(0x90, 4, 0, 6, 0, 1);
  CHECK_IS(input(), 0);
  CHECK_IS(mqtt_unsubscribe(&client, &list), 0);
  CHECK_SENT(BYTES(0xA2, 6, 0, 6, 0, 0, 1, 't'));
  SAY(0xB0, 4, 0, 6, 0, 0x11);
  CHECK_IS(input(), 0);
  CHECK_IS(last(MQTT_EVT_UNSUBACK)->param.unsuback.reason_codes.len, 1);
  abort_client();
}

/* Refuses what comes. */
static void refuse(const struct mqtt_evt *event) {
  if (event->type != MQTT_EVT_PUBLISH) return;
  copy(0, event->param.publish.message.topic.topic);
  copy(1, event->param.publish.prop.content_type);
  struct mqtt_puback_param answer;
  memset(&answer, 0, sizeof answer);
  answer.message_id = event->param.publish.message_id;
  answer.reason_code = 0x97;
  answer.prop.reason_string = MQTT_UTF8_LITERAL("full");
  CHECK_IS(mqtt_publish_qos1_ack(&client, &answer), 0);
}

static void receives(void) {
  client_init(MQTT_VERSION_5_0);
  connect_client();
  in_callback = refuse;
  SAY(0x32, 19, 0, 1, 't', 0, 3, 13, 0x03, 0, 1, 'c', 0x23, 0, 1, 0x0B, 1, 0x0B, 2, 0x01, 0, 0x32, 9, 0, 0, 0, 4, 3, 0x23, 0, 1,
      '!');
  CHECK_IS(input(), 0);
  CHECK_IS(event_count, 3);
  struct mqtt_publish_param *first = &events[1].param.publish;
  CHECK_IS(first->prop.topic_alias, 1);
  CHECK_IS(first->prop.subscription_identifier[0], 1);
  CHECK_IS(first->prop.subscription_identifier[1], 2);
  CHECK(first->prop.rx.has_subscription_identifier && first->prop.rx.has_payload_format_indicator);
  CHECK(!first->prop.rx.has_user_prop && !first->prop.rx.has_message_expiry_interval);
  /* The topic is there where an alias stood for it. */
  CHECK(strcmp(seen[0], "t") == 0);
  CHECK_SENT(BYTES(0x40, 11, 0, 3, 0x97, 7, 0x1F, 0, 4, 'f', 'u', 'l', 'l'));
  /* The second has a payload, without which it is not answered. */
  CHECK_SILENT(broker);
  uint8_t byte;
  CHECK_IS(mqtt_readall_publish_payload(&client, &byte, 1), 0);
  CHECK_SENT(BYTES(0x40, 11, 0, 4, 0x97, 7, 0x1F, 0, 4, 'f', 'u', 'l', 'l'));
  abort_client();
}

static void see_disconnect(const struct mqtt_evt *event) {
  if (event->type != MQTT_EVT_DISCONNECT) return;
  copy(0, event->param.disconnect.prop.reason_string);
  copy(1, event->param.disconnect.prop.server_reference);
  copy(2, event->param.disconnect.prop.user_prop[1].name);
  copy(3, event->param.disconnect.prop.user_prop[1].value);
}

static void ends(void) {
  /* The broker's words. */
  client_init(MQTT_VERSION_5_0);
  connect_client();
  in_callback = see_disconnect;
  SAY(0xE0, 7, 0x8B, 5, 0x1F, 0, 2, 'g', 'o');
  CHECK_IS(input(), -ECONNRESET);
  struct mqtt_evt *event = last(MQTT_EVT_DISCONNECT);
  CHECK_IS(event->result, -ECONNRESET);
  CHECK_IS(event->param.disconnect.reason_code, MQTT_DISCONNECT_SERVER_SHUTTING_DOWN);
  CHECK(event->param.disconnect.prop.rx.has_reason_string && strcmp(seen[0], "go") == 0);
  CHECK(!event->param.disconnect.prop.rx.has_server_reference && !event->param.disconnect.prop.rx.has_user_prop);
  close(broker);

  /* All that it may say. */
  client_init(MQTT_VERSION_5_0);
  connect_client();
  in_callback = see_disconnect;
  SAY(0xE0, 28, 0x9D, 26, 0x26, 0, 1, 'a', 0, 1, 'b',     /* moved; a user property */
      0x1C, 0, 4, 'h', ':', '8', '3',                      /* the server to use */
      0x26, 0, 1, 'a', 0, 1, 'c', 0x1F, 0, 2, 'g', 'o');  /* another, reason string */
  CHECK_IS(input(), -ECONNRESET);
  event = last(MQTT_EVT_DISCONNECT);
  CHECK_IS(event->param.disconnect.reason_code, MQTT_DISCONNECT_SERVER_MOVED);
  CHECK(event->param.disconnect.prop.rx.has_reason_string && strcmp(seen[0], "go") == 0);
  CHECK(event->param.disconnect.prop.rx.has_server_reference && strcmp(seen[1], "h:83") == 0);
  CHECK(event->param.disconnect.prop.rx.has_user_prop && strcmp(seen[2], "a") == 0 && strcmp(seen[3], "c") == 0);
  CHECK(!event->param.disconnect.prop.rx.has_session_expiry_interval);
  close(broker);

  /* The session's expiry is the client's to say. */
  client_init(MQTT_VERSION_5_0);
  connect_client();
  SAY(0xE0, 7, 0, 5, 0x11, 0, 0, 0, 9);
  CHECK_IS(input(), -EINVAL);
  event = last(MQTT_EVT_DISCONNECT);
  CHECK(!event->param.disconnect.prop.rx.has_session_expiry_interval);
  CHECK_SENT(BYTES(0xE0, 1, 0x81));
  close(broker);

  /* The client's: first what it may not say. */
  client_init(MQTT_VERSION_5_0);
  connect_client();
  struct mqtt_disconnect_param param;
  memset(&param, 0, sizeof param);
  param.prop.session_expiry_interval = 5; /* CONNECT had none */
  CHECK_IS(mqtt_disconnect(&client, &param), -EINVAL);
  param.prop.session_expiry_interval = 0;
  param.reason_code = MQTT_DISCONNECT_SERVER_BUSY;
  CHECK_IS(mqtt_disconnect(&client, &param), -EINVAL);
  param.reason_code = MQTT_DISCONNECT_WITH_WILL_MSG;
  param.prop.reason_string = MQTT_UTF8_LITERAL("so");
  CHECK_IS(shutdown(broker, SHUT_WR), 0);
  CHECK_IS(mqtt_disconnect(&client, &param), 0);
  CHECK_IS(last(MQTT_EVT_DISCONNECT)->result, 0);
  CHECK_SENT(BYTES(0xE0, 7, 4, 5, 0x1F, 0, 2, 's', 'o'));
  close(broker);
}

/* What the broker has done wrong it is told. */
static void tells(void) {
  client_init(MQTT_VERSION_5_0);
  connect_client();
  SAY(0x32, 6, 0, 1, 't', 0, 0, 0); /* packet identifier 0 */
  CHECK_IS(input(), -EBADMSG);
  CHECK_SENT(BYTES(0xE0, 1, 0x82));
  close(broker);
}

static void authenticates(void) {
  client_init(MQTT_VERSION_5_0);
  connect_client();
  struct mqtt_auth_param auth;
  memset(&auth, 0, sizeof auth);
  auth.reason_code = MQTT_AUTH_CONTINUE_AUTHENTICATION;
  auth.prop.auth_method = MQTT_UTF8_LITERAL("m");
  CHECK_IS(mqtt_auth(&client, &auth), -EPROTO); /* CONNECT had no method */
  abort_client();

  uint8_t data[] = {9};
  client_init(MQTT_VERSION_5_0);
  client.prop.auth_method = MQTT_UTF8_LITERAL("m");
  client.prop.auth_data.data = data;
  client.prop.auth_data.len = 1;
  CHECK_IS(mqtt_connect(&client), 0);
  broker_accept();
  CHECK_IS(mqtt_auth(&client, &auth), -EPROTO); /* it is the broker's turn */
  SAY(0xF0, 10, 0x18, 8, 0x15, 0, 1, 'm', 0x16, 0, 1, 5);
  CHECK_IS(input(), 0);
  struct mqtt_auth_param *step = &last(MQTT_EVT_AUTH)->param.auth;
  CHECK_IS(step->reason_code, MQTT_AUTH_CONTINUE_AUTHENTICATION);
  CHECK(step->prop.rx.has_auth_method && step->prop.rx.has_auth_data && !step->prop.rx.has_user_prop);
  CHECK_IS(step->prop.auth_data.len, 1);
  auth.prop.auth_data = client.prop.auth_data;
  CHECK_IS(mqtt_auth(&client, &auth), 0);
  CHECK_SENT(BYTES(0xF0, 10, 0x18, 8, 0x15, 0, 1, 'm', 0x16, 0, 1, 9));
  SAY(0x20, 7, 0, 0, 4, 0x15, 0, 1, 'm');
  CHECK_IS(input(), 0);
  CHECK_IS(last(MQTT_EVT_CONNACK)->result, 0);
  abort_client();
}

int main(void) {
  broker_open();
  connects();
  publishes();
  receives();
  ends();
  tells();
  authenticates();
  close(broker_listener);
  return 0;
}
