/* The client called in its own callback, and by two threads; and a broker that says nothing. */
#include "broker.h"

#include <poll.h>
#include <pthread.h>

/* The callback asks for the end in the event of this type, by mqtt_abort or mqtt_disconnect; in MQTT_EVT_DISCONNECT it connects
 * again, where that is wanted. */
static enum mqtt_evt_type end_in;
static int (*end)(struct mqtt_client *);
static bool connects_again;
static int connect_code;

static int disconnect(struct mqtt_client *source) { return mqtt_disconnect(source, NULL); }

static void reenter(const struct mqtt_evt *event) {
  if (event->type == MQTT_EVT_DISCONNECT) {
    /* The connection is gone before it is told of. */
    CHECK_IS(client.transport.tcp.sock, -1);
    CHECK_IS(mqtt_ping(&client), -ENOTCONN);
    CHECK_IS(mqtt_input(&client), -ENOTCONN);
    CHECK_IS(mqtt_abort(&client), 0);
    if (connects_again) connect_code = mqtt_connect(&client);
  } else if (event->type == end_in) {
    int told = event_count;
    CHECK_IS(end(&client), 0);
    /* It was told at once, and is no connection any more, unless there is another. */
    CHECK_IS(event_count, told + 1);
    CHECK_IS(mqtt_keepalive_time_left(&client) == -1, !connects_again);
    if (!connects_again) CHECK_IS(end(&client), end == mqtt_abort ? 0 : -ENOTCONN);
  }
}

/* The broker has said the last; the client ends it in its callback. */
static void ends_inside(enum mqtt_evt_type type, int (*how)(struct mqtt_client *), bool again) {
  client_init(MQTT_VERSION_3_1_1);
  end_in = type;
  end = how;
  connects_again = again;
  connect_code = -1;
  if (type == MQTT_EVT_CONNACK) {
    CHECK_IS(mqtt_connect(&client), 0);
    broker_accept();
    SAY(0x20, 2, 0, 0);
  } else {
    connect_client();
    /* The payload is never read, and what is behind it neither. */
    SAY(0x30, 5, 0, 1, 't', 'h', 'i', 0xD0, 0);
  }
  CHECK_IS(shutdown(broker, SHUT_WR), 0); /* so that nobody waits for it */
  event_count = 0;
  in_callback = reenter;
  CHECK_IS(input(), 0);
  CHECK_IS(event_count, 2);
  CHECK_IS(events[0].type, type);
  CHECK_IS(last(MQTT_EVT_DISCONNECT)->result, how == mqtt_abort ? -ECONNABORTED : 0);
  if (how == disconnect) CHECK_SENT(BYTES(0xE0, 0));
  char byte;
  CHECK(read(broker, &byte, 1) <= 0);
  close(broker);
  in_callback = NULL;
  if (!again) {
    CHECK_IS(mqtt_input(&client), -ENOTCONN);
    return;
  }
  /* The new connection is whole. */
  CHECK_IS(connect_code, 0);
  broker_accept();
  SAY(0x20, 2, 0, 0);
  CHECK_IS(input(), 0);
  CHECK_IS(last(MQTT_EVT_CONNACK)->result, 0);
  CHECK_IS(mqtt_ping(&client), 0);
  CHECK_SENT(BYTES(0xC0, 0));
  abort_client();
}

/* The same from outside: whatever ended the connection, the event may make another. */
static void connects_in_the_event(int (*how)(struct mqtt_client *)) {
  client_init(MQTT_VERSION_3_1_1);
  end_in = MQTT_EVT_DISCONNECT;
  connects_again = true;
  connect_client();
  CHECK_IS(shutdown(broker, SHUT_WR), 0);
  in_callback = reenter;
  CHECK_IS(how(&client), 0);
  in_callback = NULL;
  close(broker);
  CHECK_IS(connect_code, 0);
  broker_accept();
  SAY(0x20, 2, 0, 0);
  CHECK_IS(input(), 0);
  last(MQTT_EVT_CONNACK);
  abort_client();
}

/* The broker's side is at its end. */
static int see_the_end(struct mqtt_client *source) {
  wait_for_input();
  CHECK_IS(mqtt_input(source), -ENOTCONN);
  return 0;
}

enum { MESSAGES = 200, PAYLOAD = 300 };

/* Publishes messages of one letter. */
static void *publish(void *letter) {
  uint8_t payload[PAYLOAD];
  memset(payload, *(char *)letter, sizeof payload);
  struct mqtt_publish_param param;
  memset(&param, 0, sizeof param);
  param.message.topic.topic.utf8 = (const uint8_t *)letter;
  param.message.topic.topic.size = 1;
  param.message.payload.data = payload;
  param.message.payload.len = sizeof payload;
  for (int i = 0; i < MESSAGES; i++) CHECK_IS(mqtt_publish(&client, &param), 0);
  return NULL;
}

/* Called on the thread that receives only. */
static int arrived;
static void count_arrivals(struct mqtt_client *source, const struct mqtt_evt *event) {
  CHECK(source == &client);
  if (event->type == MQTT_EVT_PUBLISH) arrived++;
}

/* Takes what comes, until it is over. */
static void *take(void *unused) {
  (void)unused;
  int code;
  do {
    struct pollfd entry = {client.transport.tcp.sock, POLLIN, 0};
    CHECK(poll(&entry, 1, 20000) == 1);
    code = mqtt_input(&client);
  } while (code == 0);
  CHECK_IS(code, -ENOTCONN);
  return NULL;
}

/* Two threads publish, and a third receives: no packet is mixed with another. */
static void threads(void) {
  client_init(MQTT_VERSION_3_1_1);
  connect_client();
  client.evt_cb = count_arrivals;
  pthread_t a, b, receiver;
  CHECK_IS(pthread_create(&a, NULL, publish, (void *)"a"), 0);
  CHECK_IS(pthread_create(&b, NULL, publish, (void *)"b"), 0);
  CHECK_IS(pthread_create(&receiver, NULL, take, NULL), 0);
  int seen[2] = {0, 0};
  for (int i = 0; i < 2 * MESSAGES; i++) {
    uint8_t packet[3 + 3 + PAYLOAD];
    read_all(broker, packet, sizeof packet);
    CHECK_IS(packet[0], 0x30);
    CHECK_IS((packet[1] & 0x7F) | packet[2] << 7, 3 + PAYLOAD);
    CHECK(packet[5] == 'a' || packet[5] == 'b');
    for (int j = 0; j < PAYLOAD; j++) CHECK_IS(packet[6 + j], packet[5]);
    seen[packet[5] - 'a']++;
    if (i % 10 == 0) SAY(0x30, 3, 0, 1, 't'); /* without a payload, so that nobody has to read it */
  }
  CHECK_IS(seen[0], MESSAGES);
  CHECK_IS(seen[1], MESSAGES);
  CHECK_IS(pthread_join(a, NULL), 0);
  CHECK_IS(pthread_join(b, NULL), 0);
  CHECK_IS(shutdown(broker, SHUT_WR), 0);
  CHECK_IS(pthread_join(receiver, NULL), 0);
  CHECK_IS(arrived, 2 * MESSAGES / 10);
  close(broker);
}

/* The broker takes CONNECT and says nothing: mqtt_keepalive_time_left is how long that may take, and then it is over. */
static void silent_broker(void) {
  client_init(MQTT_VERSION_3_1_1);
  client.keepalive = 0;
  CHECK_IS(mqtt_connect(&client), 0);
  broker_accept();
  CHECK(mqtt_keepalive_time_left(&client) > 0);
  CHECK_IS(mqtt_input(&client), 0);
  int code;
  do code = input(); /* which polls: the descriptor says when it is time */
  while (code == 0);
  CHECK_IS(code, -ETIMEDOUT);
  CHECK_IS(event_count, 1);
  CHECK_IS(last(MQTT_EVT_DISCONNECT)->result, -ETIMEDOUT);
  close(broker);
}

int main(void) {
  broker_open();
  static const enum mqtt_evt_type types[] = {MQTT_EVT_CONNACK, MQTT_EVT_PUBLISH};
  for (int i = 0; i < 2; i++) {
    ends_inside(types[i], mqtt_abort, false);
    ends_inside(types[i], disconnect, false);
    ends_inside(types[i], mqtt_abort, true);
    ends_inside(types[i], disconnect, true);
  }
  connects_in_the_event(mqtt_abort);
  connects_in_the_event(disconnect);
  connects_in_the_event(see_the_end);
  threads();
  silent_broker();
  close(broker_listener);
  return 0;
}
