/* websocket_connect where it succeeds: what is sent, what the callbacks are told, and what is left. */
#include "session.h"

static char told[4096];
static struct http_request *request_told;

static void tell(const char *what, const char *at, size_t length) {
  size_t used = strlen(told);
  snprintf(told + used, sizeof told - used, "%s(%.*s)", what, (int)length, at);
}

static int on_begin(struct http_parser *parser) {
  request_told = (struct http_request *)parser->data;
  CHECK(&request_told->internal.parser == parser);
  CHECK(request_told->internal.user_data == told);
  tell("begin", "", 0);
  return 1;
}

static int on_status(struct http_parser *parser, const char *at, size_t length) {
  CHECK_IS(parser->status_code, 101);
  CHECK_IS(parser->http_major, 1);
  CHECK_IS(parser->http_minor, 1);
  CHECK_IS(parser->upgrade, 1);
  tell("status", at, length);
  return 1;
}

static int on_field(struct http_parser *parser, const char *at, size_t length) {
  (void)parser;
  tell("field", at, length);
  return 1;
}

static int on_value(struct http_parser *parser, const char *at, size_t length) {
  (void)parser;
  tell("value", at, length);
  return 1;
}

static int on_headers(struct http_parser *parser) {
  (void)parser;
  tell("headers", "", 0);
  return 1;
}

static int on_complete(struct http_parser *parser) {
  (void)parser;
  tell("complete", "", 0);
  return 1;
}

static int connected = -1;

static int on_connect(int ws_sock, struct http_request *req, void *user_data) {
  connected = ws_sock;
  CHECK(user_data == told);
  CHECK_IS(req->internal.response.http_status_code, 101);
  CHECK(strcmp(req->internal.response.http_status, "Switching Protocols") == 0);
  CHECK(strcmp(req->host, "server.example:9001") == 0);
  /* The connection is there already. */
  CHECK_IS(websocket_send_msg(ws_sock, (const uint8_t *)"first", 5, WEBSOCKET_OPCODE_DATA_TEXT, true, true, 1000), 5);
  return 7;
}

/* The answer, and right behind it a frame and half of another. */
static void agree_and_talk(int socket, const char *accept, const void *context) {
  (void)context;
  char text[512];
  int length = snprintf(text, sizeof text, SWITCHING "X-Empty:\r\nSec-WebSocket-Accept: %s\r\n\r\n", accept);
  length += (int)put_frame((uint8_t *)text + length, 0x81, false, "early", 5);
  text[length++] = (char)0x82;
  write_all(socket, text, (size_t)length);
}

static void everything(void) {
  int socket, peer;
  tcp_pair(&socket, &peer);
  struct server server;
  server_start(&server, peer, agree_and_talk, NULL);
  struct http_parser_settings settings;
  memset(&settings, 0, sizeof settings);
  settings.on_message_begin = on_begin;
  settings.on_status = on_status;
  settings.on_header_field = on_field;
  settings.on_header_value = on_value;
  settings.on_headers_complete = on_headers;
  settings.on_message_complete = on_complete;
  const char *headers[] = {"Origin: http://foobar\r\n", "X-Two: b\r\n", NULL};
  uint8_t memory[256];
  struct websocket_request request = plain_request(memory, sizeof memory);
  request.host = "server.example:9001";
  request.url = "/chat?room=1";
  request.optional_headers = headers;
  request.http_cb = &settings;
  request.cb = on_connect;
  int ws = websocket_connect(socket, &request, 10000, told);
  server_join(&server);
  CHECK(ws >= 0);
  CHECK(ws != socket);
  CHECK_IS(connected, ws);

  const char *start = "GET /chat?room=1 HTTP/1.1\r\nHost: server.example:9001\r\nOrigin: http://foobar\r\nX-Two: b\r\n";
  CHECK(strncmp(server.request, start, strlen(start)) == 0);
  CHECK(strstr(server.request, "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"));
  CHECK(!strstr(server.request, "Sec-WebSocket-Extensions"));
  const char *all = "begin()status(Switching Protocols)field(Upgrade)value(websocket)field(Connection)value(Upgrade)"
                    "field(X-Empty)value()field(Sec-WebSocket-Accept)value(";
  CHECK(strncmp(told, all, strlen(all)) == 0);
  CHECK(strcmp(told + strlen(told) - strlen(")headers()complete()"), ")headers()complete()") == 0);

  /* What came behind the answer is received; zephyr#89193. */
  uint8_t buffer[16];
  uint32_t type;
  uint64_t remaining;
  CHECK_IS(websocket_recv_msg(ws, buffer, sizeof buffer, &type, &remaining, 0), 5);
  CHECK(memcmp(buffer, "early", 5) == 0);
  CHECK_IS(type, WEBSOCKET_FLAG_TEXT | WEBSOCKET_FLAG_FINAL);
  CHECK_IS(remaining, 0);
  CHECK_IS(websocket_recv_msg(ws, buffer, sizeof buffer, &type, &remaining, 0), -EAGAIN);
  write_all(peer, "\x03" "abc", 4);
  CHECK_IS(websocket_recv_msg(ws, buffer, sizeof buffer, &type, &remaining, 20000), 3);
  CHECK_IS(type, WEBSOCKET_FLAG_BINARY | WEBSOCKET_FLAG_FINAL);
  CHECK_FRAME(peer, 0x81, true, "first", 5);

  /* The socket is the program's, before and after. */
  CHECK_IS(websocket_disconnect(ws), 0);
  CHECK_FRAME(peer, 0x88, true, "", 0);
  write_all(socket, "x", 1);
  char byte;
  read_all(peer, &byte, 1);
  close(socket);
  close(peer);
}

static int write_headers(int sock, struct http_request *req, void *user_data) {
  CHECK(user_data == told);
  CHECK_IS(req->internal.sock, sock);
  CHECK_IS(req->internal.response.http_status_code, 0);
  CHECK_IS(zsock_send(sock, "X-Own: 1\r\n", 10, 0), 10);
  return 10;
}

/* A callback writes headers, and the list is left aside. */
static void own_headers(void) {
  int socket, peer;
  tcp_pair(&socket, &peer);
  struct server server;
  server_start(&server, peer, agree, NULL);
  const char *headers[] = {"X-List: 1\r\n", NULL};
  uint8_t memory[256];
  struct websocket_request request = plain_request(memory, sizeof memory);
  request.optional_headers = headers;
  request.optional_headers_cb = write_headers;
  int ws = websocket_connect(socket, &request, SYS_FOREVER_MS, told);
  server_join(&server);
  CHECK(ws >= 0);
  CHECK(strstr(server.request, "Host: localhost\r\nX-Own: 1\r\nSec-WebSocket-Key: "));
  CHECK(!strstr(server.request, "X-List"));
  CHECK_IS(websocket_disconnect(ws), 0);
  close(socket);
  close(peer);
}

static void agree_on_protocol(int socket, const char *accept, const void *context) {
  (void)context;
  char text[256];
  snprintf(text, sizeof text, SWITCHING "Sec-WebSocket-Protocol: mqtt\r\nSec-WebSocket-Accept: %s\r\n\r\n", accept);
  write_text(socket, text);
}

static int write_protocols(int sock, struct http_request *req, void *user_data) {
  (void)req, (void)user_data;
  const char *line = "Sec-WebSocket-Protocol: chat, mqtt\r\n";
  return (int)zsock_send(sock, line, strlen(line), 0);
}

/* What the callback offers the server may choose, and nothing else. */
static void own_protocols(void) {
  for (int offers = 1; offers >= 0; offers--) {
    int socket, peer;
    tcp_pair(&socket, &peer);
    struct server server;
    server_start(&server, peer, agree_on_protocol, NULL);
    uint8_t memory[256];
    struct websocket_request request = plain_request(memory, sizeof memory);
    request.optional_headers_cb = offers ? write_protocols : write_headers;
    int ws = websocket_connect(socket, &request, SYS_FOREVER_MS, told);
    server_join(&server);
    if (offers) {
      CHECK(ws >= 0);
      CHECK_IS(websocket_disconnect(ws), 0);
    } else {
      CHECK_IS(ws, -ECONNABORTED);
    }
    /* The number is the socket's own again. */
    struct sockaddr_in address;
    socklen_t length = sizeof address;
    CHECK_IS(getpeername(socket, (struct sockaddr *)&address, &length), 0);
    CHECK_IS(zsock_send(socket, "x", 1, 0), 1);
    CHECK_IS(zsock_close(socket), 0);
    close(peer);
  }
}

/* A subprotocol is offered by a header; a buffer of any size will do; a frame may be longer than it. */
static void small_buffers(void) {
  static const size_t sizes[] = {1, 63, 64, 71, 300};
  for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
    int socket, peer;
    tcp_pair(&socket, &peer);
    struct server server;
    server_start(&server, peer, agree_on_protocol, NULL);
    const char *headers[] = {"Sec-WebSocket-Protocol: chat, mqtt\r\n", NULL};
    /* Not aligned, and of exactly this size, so that valgrind sees what is written beside it. */
    uint8_t *memory = (uint8_t *)malloc(sizes[i] + 1);
    struct websocket_request request = plain_request(memory + 1, sizes[i]);
    request.optional_headers = headers;
    int ws = websocket_connect(socket, &request, 30000, NULL);
    server_join(&server);
    CHECK(ws >= 0);
    CHECK(strstr(server.request, "Sec-WebSocket-Protocol: chat, mqtt\r\n"));
    uint8_t sent[1000], got[1000];
    for (size_t j = 0; j < sizeof sent; j++) sent[j] = (uint8_t)(j * 7);
    send_frame(peer, 0x82, false, sent, sizeof sent);
    size_t count = 0;
    uint64_t remaining = 1;
    while (remaining > 0) {
      int n = websocket_recv_msg(ws, got + count, sizeof got - count, NULL, &remaining, 20000);
      CHECK(n > 0);
      count += (size_t)n;
    }
    CHECK_IS(count, sizeof sent);
    CHECK(memcmp(got, sent, sizeof sent) == 0);
    CHECK_IS(websocket_disconnect(ws), 0);
    free(memory);
    close(socket);
    close(peer);
  }
}

int main(void) {
  everything();
  own_headers();
  own_protocols();
  small_buffers();
  return 0;
}
