/* A program of the kind of Zephyr's mqtt_publisher: it polls until something has come, calls mqtt_input once, and gives up if
   that did not connect it. So poll has to mean bytes of MQTT, and not a session ticket of TLS 1.3 or a PING.

   mqtt_poll CERTIFICATE KEY ROUNDS */
#include "peer.h"

enum { CONNECT_TIMEOUT = 20000 };

struct way {
  const char *name;
  enum mqtt_transport_type type;
  int tickets; /* -1: no TLS */
};

struct broker {
  int listener, rounds;
  const struct way *way;
  SSL_CTX *context;
};

static bool is_web_socket(const struct way *way) {
  return way->type == MQTT_TRANSPORT_NON_SECURE_WEBSOCKET || way->type == MQTT_TRANSPORT_SECURE_WEBSOCKET;
}

/* Answers CONNECT a moment after everything that is not for the program. */
static void serve(struct broker *broker, int round) {
  static const uint8_t conn_ack[] = {0x20, 2, 0, 0}, framed[] = {0x82, 4, 0x20, 2, 0, 0}, ping[] = {0x89, 0};
  struct peer peer;
  if (!peer_accept(&peer, broker->listener, broker->context)) fail(__FILE__, __LINE__, "round %d: no handshake", round);
  if (is_web_socket(broker->way)) {
    CHECK(peer_upgrade(&peer, "mqtt"));
    if (round % 2) CHECK(peer_write(&peer, ping, sizeof ping));
  }
  uint8_t byte;
  CHECK(peer_read(&peer, &byte));
  pause_for(round % 8);
  if (is_web_socket(broker->way)) {
    CHECK(peer_write(&peer, framed, sizeof framed));
  } else {
    CHECK(peer_write(&peer, conn_ack, sizeof conn_ack));
  }
  while (peer_read(&peer, &byte)) {
  }
  peer_close(&peer);
}

static void *serve_all(void *argument) {
  struct broker *broker = (struct broker *)argument;
  for (int round = 0; round < broker->rounds; round++) serve(broker, round);
  return NULL;
}

static struct mqtt_client client;
static uint8_t rx_memory[256], tx_memory[256];
static bool connected;

static void note(struct mqtt_client *source, const struct mqtt_evt *event) {
  (void)source;
  if (event->type == MQTT_EVT_CONNACK) connected = event->result == 0;
  if (event->type == MQTT_EVT_DISCONNECT) connected = false;
}

/* As the sample does it. */
static bool try_to_connect(void) {
  CHECK_IS(mqtt_connect(&client), 0);
  struct zsock_pollfd entry = {client.transport.tcp.sock, ZSOCK_POLLIN, 0};
  if (zsock_poll(&entry, 1, CONNECT_TIMEOUT) > 0) mqtt_input(&client);
  if (connected) return true;
  mqtt_abort(&client);
  return false;
}

static void run(const struct way *way, const char *certificate, const char *key, int rounds) {
  struct sockaddr_in address;
  struct broker broker = {loopback_listener(&address), rounds, way,
                          way->tickets < 0 ? NULL : peer_context(certificate, key, way->tickets)};
  pthread_t thread;
  CHECK_IS(pthread_create(&thread, NULL, serve_all, &broker), 0);
  int successes = 0;
  for (int round = 0; round < rounds; round++) {
    mqtt_client_init(&client);
    client.broker = &address;
    client.client_id = MQTT_UTF8_LITERAL("publisher");
    client.evt_cb = note;
    client.rx_buf = rx_memory;
    client.rx_buf_size = sizeof rx_memory;
    client.tx_buf = tx_memory;
    client.tx_buf_size = sizeof tx_memory;
    client.transport.type = way->type;
    client.transport.tls.config.peer_verify = TLS_PEER_VERIFY_NONE;
    connected = false;
    if (try_to_connect()) {
      successes++;
      mqtt_abort(&client);
    }
  }
  CHECK_IS(join_in_time(thread, NULL), 0);
  if (broker.context) SSL_CTX_free(broker.context);
  close(broker.listener);
  printf("%s: %d of %d\n", way->name, successes, rounds);
  fflush(stdout);
  CHECK_IS(successes, rounds);
}

int main(int count, char **arguments) {
  static const struct way ways[] = {
    {"tcp", MQTT_TRANSPORT_NON_SECURE, -1},
    {"tls, no ticket", MQTT_TRANSPORT_SECURE, 0},
    {"tls, 1 ticket", MQTT_TRANSPORT_SECURE, 1},
    {"tls, 2 tickets", MQTT_TRANSPORT_SECURE, 2},
    {"ws", MQTT_TRANSPORT_NON_SECURE_WEBSOCKET, -1},
    {"wss, no ticket", MQTT_TRANSPORT_SECURE_WEBSOCKET, 0},
    {"wss, 1 ticket", MQTT_TRANSPORT_SECURE_WEBSOCKET, 1},
    {"wss, 2 tickets", MQTT_TRANSPORT_SECURE_WEBSOCKET, 2},
  };
  CHECK_IS(count, 4);
  signal(SIGPIPE, SIG_IGN);
  alarm(8 * PATIENCE);
  for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) run(&ways[i], arguments[1], arguments[2], atoi(arguments[3]));
  return 0;
}
