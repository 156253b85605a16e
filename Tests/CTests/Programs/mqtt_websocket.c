/* MQTT over a WebSocket: what its opening handshake offers, and what the answer may be. */
#include "session.h"

static struct mqtt_client client;
static uint8_t rx_memory[256], tx_memory[256];
static int listener;
static struct sockaddr_in address;

/* The broker's side of one handshake. */
struct handshake {
  const char *chosen; /* the subprotocol that it answers with; NULL: none */
  char request[4096]; /* what came */
};

static void *answer(void *argument) {
  struct handshake *handshake = (struct handshake *)argument;
  int socket = accept(listener, NULL, NULL);
  CHECK(socket >= 0);
  read_request(socket, handshake->request, sizeof handshake->request);
  char accept_text[32], text[512];
  accept_value(handshake->request, accept_text);
  snprintf(text, sizeof text, SWITCHING "Sec-WebSocket-Accept: %s\r\n%s%s%s\r\n", accept_text,
           handshake->chosen ? "Sec-WebSocket-Protocol: " : "", handshake->chosen ? handshake->chosen : "",
           handshake->chosen ? "\r\n" : "");
  write_text(socket, text);
  /* until the client has gone */
  uint8_t byte;
  while (read(socket, &byte, 1) > 0) {}
  close(socket);
  return NULL;
}

/* What header_text says is written by the callback, which notes the socket. */
static const char *header_text;
static int socket_seen;

static int write_headers(int sock, struct http_request *req, void *user_data) {
  CHECK(user_data == NULL);
  CHECK(sock >= 0);
  CHECK_IS(req->internal.sock, sock);
  socket_seen = sock;
  /* in two pieces, that nothing depends on how it is cut */
  size_t length = strlen(header_text);
  CHECK_IS(zsock_send(sock, header_text, 5, 0), 5);
  CHECK_IS(zsock_send(sock, header_text + 5, length - 5, 0), length - 5);
  return (int)length;
}

/* The socket is the one that the headers were written to, where they were. */
static int see_socket(int ws_sock, struct http_request *req, void *user_data) {
  CHECK(user_data == NULL);
  CHECK(ws_sock >= 0);
  CHECK(req->internal.sock >= 0 && req->internal.sock != ws_sock);
  if (header_text) CHECK_IS(req->internal.sock, socket_seen);
  CHECK_IS(req->internal.response.http_status_code, 101);
  return 0;
}

/* Connects with these headers; the code, and the value of the request's one line of subprotocols in `offered`. */
static int connect_with(const char **headers, const char *chosen, char offered[64]) {
  mqtt_client_init(&client);
  client.broker = &address;
  client.client_id = MQTT_UTF8_LITERAL("me");
  client.clean_session = 1;
  client.rx_buf = rx_memory;
  client.rx_buf_size = sizeof rx_memory;
  client.tx_buf = tx_memory;
  client.tx_buf_size = sizeof tx_memory;
  client.transport.type = MQTT_TRANSPORT_NON_SECURE_WEBSOCKET;
  client.transport.websocket.config.optional_headers = headers;
  client.transport.websocket.config.cb = see_socket;
  if (header_text) client.transport.websocket.config.optional_headers_cb = write_headers;
  client.transport.websocket.timeout = 20000;
  static struct handshake handshake;
  memset(&handshake, 0, sizeof handshake);
  handshake.chosen = chosen;
  pthread_t thread;
  CHECK_IS(pthread_create(&thread, NULL, answer, &handshake), 0);
  int code = mqtt_connect(&client);
  CHECK_IS(mqtt_abort(&client), 0);
  CHECK_IS(pthread_join(thread, NULL), 0);
  const char *line = strcasestr(handshake.request, "\r\nSec-WebSocket-Protocol: ");
  CHECK(line != NULL);
  CHECK_IS(sscanf(line + 2, "%*[^:]: %63[^\r]", offered), 1);
  CHECK(strcasestr(line + 1, "\r\nSec-WebSocket-Protocol:") == NULL);
  CHECK(strstr(handshake.request, "Host: localhost\r\n") != NULL);
  CHECK(strncmp(handshake.request, "GET /mqtt HTTP/1.1\r\n", 20) == 0);
  if (header_text) CHECK(strstr(handshake.request, header_text) != NULL);
  for (; headers && *headers; headers++)
    if (strncmp(*headers, "X-", 2) == 0) CHECK(strstr(handshake.request, *headers) != NULL);
  return code;
}

int main(void) {
  listener = loopback_listener(&address);

  char offered[64];
  CHECK_IS(connect_with(NULL, "mqtt", offered), 0);
  CHECK(strcmp(offered, "mqtt") == 0);
  /* The broker has to choose, and one that was offered. */
  CHECK_IS(connect_with(NULL, NULL, offered), -ECONNABORTED);
  CHECK_IS(connect_with(NULL, "mqttv3.1", offered), -ECONNABORTED);
  /* The line that Zephyr's programs send themselves is not sent twice; the others are. */
  const char *as_in_zephyr[] = {"X-One: 1\r\n", "Sec-WebSocket-Protocol: mqtt\r\n", "X-Two: 2\r\n", NULL};
  CHECK_IS(connect_with(as_in_zephyr, "mqtt", offered), 0);
  CHECK(strcmp(offered, "mqtt") == 0);
  /* Others are offered besides, once each, and may be chosen. */
  const char *others[] = {"sec-websocket-protocol: mqttv3.1, mqtt\r\n", "Sec-WebSocket-Protocol: mqttv3.1\r\n", NULL};
  CHECK_IS(connect_with(others, "mqttv3.1", offered), 0);
  CHECK(strcmp(offered, "mqtt, mqttv3.1") == 0);
  /* A callback that sends the line itself, as it has to in Zephyr, sends the only one; one that does not has it sent. */
  header_text = "X-Own: 1\r\nSec-WebSocket-Protocol: mqtt\r\n";
  CHECK_IS(connect_with(NULL, "mqtt", offered), 0);
  CHECK(strcmp(offered, "mqtt") == 0);
  CHECK_IS(connect_with(NULL, "mqttv3.1", offered), -ECONNABORTED);
  header_text = "sec-websocket-protocol-not: x\r\nsec-webSocket-protocol: mqttv3.1,mqtt\r\n";
  CHECK_IS(connect_with(NULL, "mqttv3.1", offered), 0);
  header_text = "Authorization: Basic eDp5\r\n";
  CHECK_IS(connect_with(NULL, "mqtt", offered), 0);
  CHECK(strcmp(offered, "mqtt") == 0);
  close(listener);
  return 0;
}
