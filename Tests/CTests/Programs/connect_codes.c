/* Every code that websocket_connect fails with, but for -ENOSPC, which limits.c brings about, and -ENOENT: LimitTests.swift. */
#include "session.h"

#include <limits.h>

static uint8_t memory[256];

/* What connecting says to an answer. The socket stays open. */
static int code_for(void (*answer)(int, const char *, const void *), const void *context, int32_t timeout) {
  int socket, peer;
  tcp_pair(&socket, &peer);
  struct server server;
  server_start(&server, peer, answer, context);
  struct websocket_request request = plain_request(memory, sizeof memory);
  int code = websocket_connect(socket, &request, timeout, NULL);
  server_join(&server);
  CHECK(fcntl(socket, F_GETFD) != -1);
  if (code >= 0) websocket_disconnect(code);
  close(socket);
  close(peer);
  return code;
}

static void hang_up(int socket, const char *accept, const void *context) {
  (void)accept;
  write_text(socket, (const char *)context);
  shutdown(socket, SHUT_RDWR);
}

static void wrong_in(int socket, const char *accept, const void *context) {
  char text[512];
  snprintf(text, sizeof text, (const char *)context, accept);
  write_text(socket, text);
}

static int status_told;
static char body_told[32];

static int on_status(struct http_parser *parser, const char *at, size_t length) {
  status_told = (int)parser->status_code;
  CHECK(length == 12 && memcmp(at, "Unauthorized", 12) == 0);
  return 0;
}

static int on_body(struct http_parser *parser, const char *at, size_t length) {
  CHECK_IS(parser->content_length, length);
  snprintf(body_told, sizeof body_told, "%.*s", (int)length, at);
  return 0;
}

/* http_cb knows why a server refused, which the code does not say. */
static void refusal(void) {
  int socket, peer;
  tcp_pair(&socket, &peer);
  struct server server;
  server_start(&server, peer, say, "HTTP/1.1 401 Unauthorized\r\nContent-Length: 4\r\n\r\nwho?");
  struct http_parser_settings settings;
  memset(&settings, 0, sizeof settings);
  settings.on_status = on_status;
  settings.on_body = on_body;
  struct websocket_request request = plain_request(memory, sizeof memory);
  request.http_cb = &settings;
  CHECK_IS(websocket_connect(socket, &request, 20000, NULL), -ECONNABORTED);
  server_join(&server);
  CHECK_IS(status_told, 401);
  CHECK(strcmp(body_told, "who?") == 0);
  close(socket);
  close(peer);
}

static void bad_arguments(void) {
  int socket, peer;
  tcp_pair(&socket, &peer);
  struct websocket_request request = plain_request(memory, sizeof memory);
  CHECK_IS(websocket_connect(-1, &request, 0, NULL), -EINVAL);
  CHECK_IS(websocket_connect(socket, NULL, 0, NULL), -EINVAL);
  request.host = NULL;
  CHECK_IS(websocket_connect(socket, &request, 0, NULL), -EINVAL);
  request = plain_request(memory, sizeof memory);
  request.url = NULL;
  CHECK_IS(websocket_connect(socket, &request, 0, NULL), -EINVAL);
  /* What would be a request of somebody else's. */
  static const char *const bad[] = {"X: a\r\nY: b\r\n", "no colon\r\n", "Host: x\r\n", "Sec-WebSocket-Key: x\r\n",
                                    "X: \xE4\r\n" /* Latin-1 */};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    const char *headers[] = {bad[i], NULL};
    request = plain_request(memory, sizeof memory);
    request.optional_headers = headers;
    CHECK_IS(websocket_connect(socket, &request, 0, NULL), -EINVAL);
  }
  request = plain_request(memory, sizeof memory);
  request.url = "/ HTTP/1.1\r\nX: y";
  CHECK_IS(websocket_connect(socket, &request, 0, NULL), -EINVAL);
  request.url = "/";
  request.host = "a b";
  CHECK_IS(websocket_connect(socket, &request, 0, NULL), -EINVAL);
  CHECK_SILENT(peer);
  /* Zephyr finds out in the handshake. */
  request = plain_request(NULL, 0);
  CHECK_IS(websocket_connect(socket, &request, 0, NULL), -ECONNABORTED);
  CHECK_SILENT(peer);
  close(socket);
  close(peer);
}

static int answer_of_callback;

static int refuse(int ws_sock, struct http_request *req, void *user_data) {
  (void)req;
  *(int *)user_data = ws_sock;
  return answer_of_callback;
}

/* The callback's number comes back, and nothing is left of the WebSocket: the same socket can have another. */
static void callback_refuses(void) {
  static const int answers[] = {-1, -EPERM, -ECONNABORTED, -12345, INT_MIN};
  for (size_t i = 0; i < sizeof answers / sizeof *answers; i++) {
    struct session session;
    tcp_pair(&session.socket, &session.peer);
    struct server server;
    server_start(&server, session.peer, agree, NULL);
    struct websocket_request request = plain_request(memory, sizeof memory);
    request.cb = refuse;
    answer_of_callback = answers[i];
    int ws = -1;
    CHECK_IS(websocket_connect(session.socket, &request, 5000, &ws), answers[i]);
    server_join(&server);
    CHECK_FAILS(fcntl(ws, F_GETFD), EBADF);
    CHECK_FRAME(session.peer, 0x88, true, "", 0);
    session.ws = websocket_register(session.socket, session.memory, sizeof session.memory);
    CHECK(session.ws >= 0);
    end(&session);
  }
}

static int no_headers(int sock, struct http_request *req, void *user_data) {
  (void)sock, (void)req;
  return *(int *)user_data;
}

static void aborted(void) {
  /* Each is refused whole: what was a WebSocket in Zephyr without looking, too. */
  CHECK_IS(code_for(say, "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", 20000), -ECONNABORTED);
  CHECK_IS(code_for(say, "HTTP/1.1 302 Found\r\nLocation: /\r\nContent-Length: 0\r\n\r\n", 20000), -ECONNABORTED);
  CHECK_IS(code_for(say, "SSH-2.0-OpenSSH\r\n\r\n", 20000), -ECONNABORTED);
  CHECK_IS(code_for(hang_up, "", 20000), -ECONNABORTED);
  CHECK_IS(code_for(hang_up, "HTTP/1.1 101 Sw", 20000), -ECONNABORTED);
  CHECK_IS(code_for(wrong_in, "HTTP/1.1 200 OK\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                              "Sec-WebSocket-Accept: %s\r\n\r\n", 20000), -ECONNABORTED);
  CHECK_IS(code_for(wrong_in, "HTTP/1.1 101 S\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: %s\r\n\r\n", 20000),
           -ECONNABORTED);
  CHECK_IS(code_for(wrong_in, "HTTP/1.1 101 S\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: %s\r\n\r\n", 20000),
           -ECONNABORTED);
  CHECK_IS(code_for(wrong_in, SWITCHING "Sec-WebSocket-Protocol: x\r\nSec-WebSocket-Accept: %s\r\n\r\n", 20000),
           -ECONNABORTED);
  /* The time is over: none at all, and a little. */
  CHECK_IS(code_for(say, NULL, 0), -ECONNABORTED);
  CHECK_IS(code_for(say, NULL, 50), -ECONNABORTED);
  CHECK_IS(code_for(say, NULL, -2), -ECONNABORTED);

  int socket, peer;
  tcp_pair(&socket, &peer);
  struct websocket_request request = plain_request(memory, sizeof memory);
  request.optional_headers_cb = no_headers;
  int number = -ENOMEM;
  CHECK_IS(websocket_connect(socket, &request, 1000, &number), -ECONNABORTED);
  number = INT_MIN;
  CHECK_IS(websocket_connect(socket, &request, 1000, &number), -ECONNABORTED);
  close(peer);
  close(socket);
  /* The number is not open, or no socket. */
  request = plain_request(memory, sizeof memory);
  CHECK_IS(websocket_connect(1023, &request, 1000, NULL), -ECONNABORTED);
  int ends[2];
  CHECK_IS(pipe(ends), 0);
  CHECK_IS(websocket_connect(ends[0], &request, 1000, NULL), -ECONNABORTED);
  close(ends[0]);
  close(ends[1]);
}

/* One WebSocket a socket; a failed one does not count. */
static void in_use(void) {
  struct session session;
  open_client(&session);
  struct websocket_request request = plain_request(memory, sizeof memory);
  CHECK_IS(websocket_connect(session.socket, &request, 1000, NULL), -EEXIST);
  CHECK_IS(websocket_register(session.socket, memory, sizeof memory), -EEXIST);
  CHECK_SILENT(session.peer);
  end(&session);
}

int main(void) {
  bad_arguments();
  refusal();
  aborted();
  callback_refuses();
  in_use();
  return 0;
}
