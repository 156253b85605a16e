/* An MQTT client, and a broker that the test speaks for byte by byte, in one thread: the kernel takes the connection, and what is
 * written waits in it. */
#ifndef BROKER_H
#define BROKER_H

#include "wire.h"

#include <westwind.h>

static struct mqtt_client client;
static uint8_t rx_memory[256], tx_memory[256];
static int broker_listener, broker; /* the listening socket, and the connection */
static struct sockaddr_in broker_address;

/* What evt_cb was told. */
static struct mqtt_evt events[32];
static int event_count;
/* Called in the callback, where a test has set it. */
static void (*in_callback)(const struct mqtt_evt *event);

static inline void note(struct mqtt_client *source, const struct mqtt_evt *event) {
  CHECK(source == &client);
  CHECK(event_count < 32);
  events[event_count++] = *event;
  if (in_callback) in_callback(event);
}

static inline void broker_open(void) { broker_listener = loopback_listener(&broker_address); }

static inline void client_init(enum mqtt_version version) {
  mqtt_client_init(&client);
  client.broker = &broker_address;
  client.client_id = MQTT_UTF8_LITERAL("me");
  client.evt_cb = note;
  client.rx_buf = rx_memory;
  client.rx_buf_size = sizeof rx_memory;
  client.tx_buf = tx_memory;
  client.tx_buf_size = sizeof tx_memory;
  client.protocol_version = (uint8_t)version;
  client.clean_session = 1;
  event_count = 0;
  in_callback = NULL;
}

/* Reads bytes at the broker, and compares. */
#define CHECK_SENT(bytes) \
  do { \
    static const uint8_t check_wanted_bytes[] = bytes; \
    uint8_t check_got_bytes[sizeof check_wanted_bytes]; \
    read_all(broker, check_got_bytes, sizeof check_got_bytes); \
    for (size_t check_i = 0; check_i < sizeof check_got_bytes; check_i++) \
      CHECK_IS(check_got_bytes[check_i], check_wanted_bytes[check_i]); \
  } while (0)
#define BYTES(...) {__VA_ARGS__}

/* The broker says this. */
#define SAY(...) \
  do { \
    static const uint8_t check_said[] = {__VA_ARGS__}; \
    write_all(broker, check_said, sizeof check_said); \
  } while (0)

/* Waits until there is something to do, as long as it takes. */
static inline void wait_for_input(void) {
  bool is_custom = client.transport.type == MQTT_TRANSPORT_CUSTOM;
  struct zsock_pollfd entry = {is_custom ? client.transport.tcp.sock : client.transport.websocket.sock, ZSOCK_POLLIN, 0};
  CHECK_IS(zsock_poll(&entry, 1, 20000), 1);
}

/* Has the client take what was said; the answer of mqtt_input. */
static inline int input(void) {
  wait_for_input();
  return mqtt_input(&client);
}

/* The last event is of this type. */
static inline struct mqtt_evt *last(enum mqtt_evt_type type) {
  CHECK(event_count > 0);
  CHECK_IS(events[event_count - 1].type, type);
  return &events[event_count - 1];
}

/* Reads CONNECT, whatever it says. */
static inline void read_connect(void) {
  uint8_t head[2], rest[127];
  read_all(broker, head, 2);
  CHECK_IS(head[0], 0x10);
  CHECK(head[1] < 128);
  read_all(broker, rest, head[1]);
}

/* Takes the connection, and reads CONNECT. */
static inline void broker_accept(void) {
  broker = accept(broker_listener, NULL, NULL);
  CHECK(broker >= 0);
  read_connect();
}

static inline void connect_client(void) {
  CHECK_IS(mqtt_connect(&client), 0);
  broker_accept();
  if (client.protocol_version == MQTT_VERSION_5_0) SAY(0x20, 3, 0, 0, 0);
  else SAY(0x20, 2, 0, 0);
  CHECK_IS(input(), 0);
  CHECK_IS(last(MQTT_EVT_CONNACK)->result, 0);
}

/* Ends a test: the client goes without a word, and the broker sees the end. */
static inline void abort_client(void) {
  event_count = 0;
  CHECK_IS(mqtt_abort(&client), 0);
  char byte;
  CHECK(read(broker, &byte, 1) <= 0);
  close(broker);
}

#endif
