/* The calls of <westwind.h> on open WebSockets, whichever call opened them: options, whole messages, peeking, the list of all,
 * and westwind_connect over a socket of the program's. */
#include "blocked.h"

#include <poll.h>

static void set(int ws, int option, int value) {
  CHECK_IS(zsock_setsockopt(ws, SOL_WEBSOCKET, option, &value, sizeof value), 0);
}

static int get(int ws, int option) {
  int value = -1;
  socklen_t length = sizeof value;
  CHECK_IS(zsock_getsockopt(ws, SOL_WEBSOCKET, option, &value, &length), 0);
  CHECK_IS(length, sizeof value);
  return value;
}

static void not_set(int ws, int option, int value, int code) {
  CHECK_FAILS(zsock_setsockopt(ws, SOL_WEBSOCKET, option, &value, sizeof value), code);
}

static int receive_forever(void *context) {
  uint8_t bytes[100];
  return websocket_recv_msg(*(int *)context, bytes, sizeof bytes, NULL, NULL, SYS_FOREVER_MS);
}

/* PING of its own, on a WebSocket of Zephyr's calls. */
static void keeps_alive(void) {
  struct session session;
  open_client(&session);
  CHECK_IS(get(session.ws, WEBSOCKET_PING_INTERVAL), 0);
  not_set(session.ws, WEBSOCKET_PING_TIMEOUT, 1000, EINVAL);
  not_set(session.ws, WEBSOCKET_PING_INTERVAL, -1, EINVAL);
  set(session.ws, WEBSOCKET_PING_INTERVAL, 20);
  CHECK(get(session.ws, WEBSOCKET_PING_TIMEOUT) > 0);
  not_set(session.ws, WEBSOCKET_PING_TIMEOUT, 0, EINVAL);
  set(session.ws, WEBSOCKET_PING_TIMEOUT, 20000);
  CHECK_IS(get(session.ws, WEBSOCKET_PING_INTERVAL), 20);
  CHECK_IS(get(session.ws, WEBSOCKET_PING_TIMEOUT), 20000);
  /* The number is readable when one is due, and receiving sends it: also a call that was on its way out then. */
  struct pollfd entry;
  entry.fd = session.ws;
  entry.events = POLLIN;
  uint8_t bytes[100];
  uint32_t type;
  for (int i = 0; i < 3; i++) {
    if (recv(session.peer, bytes, 1, MSG_PEEK | MSG_DONTWAIT) < 0) {
      CHECK_IS(poll(&entry, 1, 20000), 1);
      CHECK_IS(websocket_recv_msg(session.ws, bytes, sizeof bytes, NULL, NULL, 0), -EAGAIN);
    }
    struct wire_frame ping = read_frame(session.peer);
    CHECK_IS(ping.first, 0x89);
    send_frame(session.peer, 0x8A, false, ping.payload, ping.length);
    free(ping.payload);
    CHECK_IS(websocket_recv_msg(session.ws, bytes, sizeof bytes, &type, NULL, 20000), 4);
    CHECK_IS(type, WEBSOCKET_FLAG_PONG | WEBSOCKET_FLAG_FINAL);
  }
  /* While another thread receives, the options are that one's. */
  set(session.ws, WEBSOCKET_PING_INTERVAL, 0);
  CHECK_IS(get(session.ws, WEBSOCKET_PING_TIMEOUT), 0);
  drain_socket(session.peer);
  struct blocked_call call;
  memset(&call, 0, sizeof call);
  begin_blocked(&call, receive_forever, &session.ws);
  not_set(session.ws, WEBSOCKET_PING_INTERVAL, 20, EBUSY);
  not_set(session.ws, WEBSOCKET_MESSAGE_LIMIT, 20, EBUSY);
  send_frame(session.peer, 0x82, false, "x", 1);
  CHECK_IS(join_in_time(call.thread, NULL), 0);
  CHECK_IS(call.result, 1);
  CHECK_SILENT(session.peer);
  /* The PONG that stays away. */
  set(session.ws, WEBSOCKET_PING_INTERVAL, 20);
  set(session.ws, WEBSOCKET_PING_TIMEOUT, 20);
  CHECK_IS(websocket_recv_msg(session.ws, bytes, sizeof bytes, NULL, NULL, 20000), -ETIMEDOUT);
  CHECK_IS(websocket_recv_msg(session.ws, bytes, sizeof bytes, NULL, NULL, 20000), -ENOTCONN);
  end(&session);
}

/* Fragments are joined; a call that runs out of time keeps what it has. */
static void messages(void) {
  struct session session;
  open_server(&session);
  uint8_t bytes[300];
  uint32_t type = 99;
  CHECK_IS(westwind_recv_message(session.ws, NULL, 10, &type, 0), -EINVAL);
  CHECK_IS(westwind_recv_message(session.ws, bytes, 0, &type, 0), -EINVAL);
  CHECK_IS(westwind_recv_message(session.ws, bytes, sizeof bytes, &type, 0), -EAGAIN);
  CHECK_IS(type, 99);
  send_frame(session.peer, 0x01, true, "Hel", 3);
  CHECK_IS(westwind_recv_message(session.ws, bytes, sizeof bytes, &type, 0), -EAGAIN);
  send_frame(session.peer, 0x89, true, "?", 1);
  send_frame(session.peer, 0x80, true, "lo", 2);
  /* PING is the program's, as with Zephyr's calls */
  CHECK_IS(westwind_recv_message(session.ws, bytes, sizeof bytes, &type, 20000), 1);
  CHECK_IS(type, WEBSOCKET_FLAG_PING | WEBSOCKET_FLAG_FINAL);
  CHECK_IS(westwind_recv_message(session.ws, bytes, sizeof bytes, &type, 20000), 5);
  CHECK_IS(type, WEBSOCKET_FLAG_TEXT | WEBSOCKET_FLAG_FINAL);
  CHECK(memcmp(bytes, "Hello", 5) == 0);
  send_frame(session.peer, 0x82, true, "", 0);
  uint64_t remaining = 99;
  CHECK_IS(westwind_peek_msg(session.ws, &type, &remaining, 20000), 0);
  CHECK_IS(type, WEBSOCKET_FLAG_BINARY | WEBSOCKET_FLAG_FINAL);
  CHECK_IS(remaining, 0);
  CHECK_IS(westwind_recv_message(session.ws, bytes, sizeof bytes, NULL, 20000), 0);
  send_frame(session.peer, 0x8A, true, "!", 1);
  CHECK_IS(westwind_recv_message(session.ws, bytes, sizeof bytes, &type, 20000), 1);
  CHECK_IS(type, WEBSOCKET_FLAG_PONG | WEBSOCKET_FLAG_FINAL);
  send_frame(session.peer, 0x88, true, "\x03\xe9gone", 6);
  CHECK_IS(westwind_recv_message(session.ws, bytes, sizeof bytes, &type, 20000), 6);
  CHECK_IS(type, WEBSOCKET_FLAG_CLOSE | WEBSOCKET_FLAG_FINAL);
  CHECK(memcmp(bytes, "\x03\xe9gone", 6) == 0);
  struct westwind_close status;
  CHECK_IS(westwind_close_status(session.ws, NULL), -EINVAL);
  CHECK_IS(westwind_close_status(session.ws, &status), 0);
  CHECK_IS(status.code, 1001);
  CHECK(strcmp(status.reason, "gone") == 0);
  struct westwind_error error;
  CHECK_IS(westwind_last_error(session.ws, &error), 0);
  CHECK_IS(error.code, -ENOTCONN);
  CHECK(strstr(error.text, "1001: gone") != NULL);
  CHECK_IS(westwind_recv_message(session.ws, bytes, sizeof bytes, &type, 20000), -ENOTCONN);
  CHECK_IS(westwind_peek_msg(session.ws, &type, &remaining, 20000), -ENOTCONN);
  CHECK_IS(westwind_close_status(session.socket, &status), -ENOENT);
  CHECK_IS(westwind_peek_msg(session.socket, NULL, NULL, 0), -ENOENT);
  CHECK_IS(westwind_disconnect(session.socket, 0, NULL, 0, NULL), -ENOENT);
  CHECK_IS(westwind_last_error(session.socket, &error), -ENOENT);
  CHECK_IS(westwind_last_error(session.ws, NULL), -EINVAL);
  CHECK_IS(westwind_recv_message(-1, bytes, sizeof bytes, NULL, 0), -EBADF);
  end(&session);
}

/* The limit is the WebSocket's, or the program's memory. */
static void limit(bool by_option) {
  struct session session;
  open_server(&session);
  uint8_t bytes[300] = {0};
  CHECK_IS(get(session.ws, WEBSOCKET_MESSAGE_LIMIT), 16777216);
  not_set(session.ws, WEBSOCKET_MESSAGE_LIMIT, -1, EINVAL);
  not_set(session.ws, WEBSOCKET_COMPRESSED, 1, ENOPROTOOPT);
  not_set(session.ws, WEBSOCKET_SUBPROTOCOL, 1, ENOPROTOOPT);
  if (by_option) set(session.ws, WEBSOCKET_MESSAGE_LIMIT, 200);
  send_frame(session.peer, 0x82, true, bytes, 200);
  CHECK_IS(westwind_recv_message(session.ws, bytes, by_option ? 300 : 200, NULL, 20000), 200);
  send_frame(session.peer, 0x02, true, bytes, 200);
  send_frame(session.peer, 0x80, true, bytes, 1);
  CHECK_IS(westwind_recv_message(session.ws, bytes, by_option ? 300 : 200, NULL, 20000), -EMSGSIZE);
  CHECK_FRAME(session.peer, 0x88, false, "\x03\xf1", 2);
  CHECK_IS(westwind_recv_message(session.ws, bytes, sizeof bytes, NULL, 20000), -ENOTCONN);
  end(&session);
}

struct counts {
  int clients;
  int servers;
  uint64_t bytes;
  int ws;
};

static void count(const struct westwind_context *context, void *user_data) {
  struct counts *counts = (struct counts *)user_data;
  if (context->is_server) counts->servers++;
  else counts->clients++;
  counts->bytes += context->bytes_received;
  CHECK(context->local && context->local->sa_family == AF_INET && context->local_length == sizeof(struct sockaddr_in));
  CHECK(context->peer && context->peer_length == sizeof(struct sockaddr_in));
  CHECK(context->ws > counts->ws);
  CHECK(context->sock >= 0 && !context->is_closing && !context->has_failed && !context->subprotocol);
  counts->ws = context->ws;
}

static void lists(void) {
  CHECK_IS(westwind_context_foreach(count, NULL), 0);
  CHECK_IS(westwind_context_foreach(NULL, NULL), -EINVAL);
  struct session one, other;
  open_client(&one);
  open_server(&other);
  send_frame(one.peer, 0x82, false, "hello", 5);
  uint8_t bytes[8];
  CHECK_IS(westwind_recv_message(one.ws, bytes, sizeof bytes, NULL, 20000), 5);
  struct counts counts;
  memset(&counts, 0, sizeof counts);
  CHECK_IS(westwind_context_foreach(count, &counts), 2);
  CHECK_IS(counts.clients, 1);
  CHECK_IS(counts.servers, 1);
  CHECK_IS(counts.bytes, 5);
  end(&one);
  end(&other);
  CHECK_IS(westwind_context_foreach(count, &counts), 0);
}

static void agree_on_mqtt(int socket, const char *accept, const void *context) {
  (void)context;
  char text[300];
  snprintf(text, sizeof text, SWITCHING "Sec-WebSocket-Accept: %s\r\nSec-WebSocket-Protocol: mqtt\r\n\r\n", accept);
  write_text(socket, text);
  send_frame(socket, 0x81, false, "first", 5);
}

/* westwind_connect: every option of the WebSocket, over a socket of the program's. */
static void connects(void) {
  struct session session;
  tcp_pair(&session.socket, &session.peer);
  struct westwind_options websocket;
  westwind_options_init(&websocket);
  websocket.receive_buffer = session.memory;
  websocket.receive_buffer_length = sizeof session.memory;
  websocket.ping_interval = 10000;
  websocket.ping_timeout = 5000;
  websocket.max_message_size = 1000;
  struct westwind_connect_options options;
  westwind_connect_options_init(&options);
  options.websocket = &websocket;
  static const char *const headers[] = {"X-One: 1", "X-Two: 2\r\n", NULL}, *const offered[] = {"soap", "mqtt", NULL};
  options.headers = headers;
  options.subprotocols = offered;
  options.origin = "https://example.org";
  struct westwind_error error;
  options.max_redirects = 1;
  CHECK_IS(westwind_connect(session.socket, "localhost", "/", &options, 20000, &error), -EINVAL);
  CHECK(strstr(error.text, "max_redirects") != NULL);
  options.max_redirects = 0;
  CHECK_IS(westwind_connect(session.socket, NULL, "/", &options, 20000, &error), -EINVAL);
  CHECK_IS(westwind_connect(session.socket, "localhost", NULL, &options, 20000, &error), -EINVAL);
  CHECK_IS(westwind_connect(session.socket, "two hosts", "/", &options, 20000, &error), -EINVAL);
  CHECK_IS(westwind_connect(-1, "localhost", "/", &options, 20000, &error), -EBADF);
  CHECK_SILENT(session.peer);
  struct server server;
  server_start(&server, session.peer, agree_on_mqtt, NULL);
  session.ws = westwind_connect(session.socket, "localhost:9001", "/mqtt?x", &options, 20000, &error);
  CHECK(session.ws >= 0);
  server_join(&server);
  CHECK(strstr(server.request, "GET /mqtt?x HTTP/1.1\r\n") == server.request);
  CHECK(strstr(server.request, "\r\nHost: localhost:9001\r\n") != NULL);
  CHECK(strstr(server.request, "\r\nX-One: 1\r\n") != NULL);
  CHECK(strstr(server.request, "\r\nX-Two: 2\r\n") != NULL);
  CHECK(strstr(server.request, "\r\nOrigin: https://example.org\r\n") != NULL);
  CHECK(strstr(server.request, "\r\nSec-WebSocket-Protocol: soap, mqtt\r\n") != NULL);
  char name[8];
  socklen_t length = sizeof name;
  CHECK_IS(zsock_getsockopt(session.ws, SOL_WEBSOCKET, WEBSOCKET_SUBPROTOCOL, name, &length), 0);
  CHECK(length == 5 && strcmp(name, "mqtt") == 0);
  CHECK_IS(get(session.ws, WEBSOCKET_PING_INTERVAL), 10000);
  CHECK_IS(get(session.ws, WEBSOCKET_PING_TIMEOUT), 5000);
  CHECK_IS(get(session.ws, WEBSOCKET_MESSAGE_LIMIT), 1000);
  CHECK_IS(get(session.ws, WEBSOCKET_COMPRESSED), 0);
  CHECK_IS(get(session.ws, WEBSOCKET_STRICT), 1);
  CHECK_IS(westwind_url(session.ws, name, sizeof name), -ENOENT);
  uint8_t bytes[8];
  CHECK_IS(westwind_recv_message(session.ws, bytes, sizeof bytes, NULL, 20000), 5);
  CHECK_IS(westwind_connect(session.socket, "localhost", "/", NULL, 20000, &error), -EEXIST);
  send_frame(session.peer, 0x88, false, "\x03\xe8", 2);
  struct westwind_close status;
  CHECK_IS(westwind_disconnect(session.ws, 1000, NULL, 20000, &status), 0);
  CHECK_IS(status.code, 1000);
  struct wire_frame frame = read_frame(session.peer);
  CHECK_IS(frame.first, 0x88);
  CHECK_IS(frame.length, 2);
  free(frame.payload);
  /* The socket is the program's. */
  CHECK(fcntl(session.socket, F_GETFD) >= 0);
  close(session.socket);
  close(session.peer);
}

/* A failure in the handshake is told apart: by the network, the server, or the time. */
static void fails(const char *answer, int code, int status, const char *words) {
  struct session session;
  tcp_pair(&session.socket, &session.peer);
  struct server server;
  server_start(&server, session.peer, say, answer);
  struct westwind_error error;
  CHECK_IS(westwind_connect(session.socket, "localhost", "/", NULL, answer ? 20000 : 100, &error), code);
  CHECK_IS(error.code, code);
  CHECK_IS(error.phase, WESTWIND_PHASE_HANDSHAKE);
  CHECK_IS(error.status, status);
  if (!strstr(error.text, words)) fail(__FILE__, __LINE__, "no '%s' in: %s", words, error.text);
  server_join(&server);
  close(session.socket);
  close(session.peer);
}

/* What programs have been built with stays: sizes where pointers have 8 bytes, and numbers. */
static void layouts(void) {
  if (sizeof(void *) == 8) {
    CHECK_IS(sizeof(struct westwind_error), 1024);
    CHECK_IS(offsetof(struct westwind_error, text), 64);
    CHECK_IS(sizeof(struct westwind_compression), 32);
    CHECK_IS(sizeof(struct westwind_options), 96);
    CHECK_IS(sizeof(struct westwind_tls_options), 120);
    CHECK_IS(sizeof(struct westwind_connect_options), 112);
    CHECK_IS(sizeof(struct westwind_upgrade_options), 40);
    CHECK_IS(sizeof(struct westwind_close), 126);
  }
  CHECK_IS(WESTWIND_PHASE_OPEN, 8);
  CHECK_IS(WESTWIND_VERIFY_NONE, 2);
  CHECK_IS(WESTWIND_DEFAULT_TIMEOUT, -2);
  CHECK_IS(WEBSOCKET_PING_INTERVAL, 4);
  CHECK_IS(WEBSOCKET_PING_TIMEOUT, 5);
  CHECK_IS(WEBSOCKET_MESSAGE_LIMIT, 6);
  CHECK_IS(WEBSOCKET_COMPRESSED, 7);
  CHECK_IS(WEBSOCKET_SUBPROTOCOL, 8);
  struct westwind_options options;
  memset(&options, 0xFF, sizeof options);
  westwind_options_init(&options);
  CHECK_IS(options.size, sizeof options);
  CHECK(!options.manual_control_frames && options.ping_interval == 0 && !options.compression);
}

int main(void) {
  layouts();
  keeps_alive();
  messages();
  limit(true);
  limit(false);
  lists();
  connects();
  fails("HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n", -ECONNABORTED, 401, "401");
  fails(SWITCHING "Sec-WebSocket-Accept: wrong\r\n\r\n", -ECONNABORTED, 0, "Sec-WebSocket-Accept");
  fails(NULL, -ETIMEDOUT, 0, "timed out");
  return 0;
}
