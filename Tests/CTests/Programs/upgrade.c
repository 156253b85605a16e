/* westwind_upgrade: what it reads, whom it lets in, what it answers, and what it says where it fails. */
#include "session.h"

#define KEY "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
#define ACCEPT "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"
#define FIELDS "Host: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n" KEY

/* What the callback is to do, and what it saw. */
struct gate {
  int answer;
  int calls;
  char seen[1024];
  int sock;
};

static int judge(const struct westwind_request *request, struct westwind_refusal *refusal, void *user_data) {
  struct gate *gate = (struct gate *)user_data;
  gate->calls++;
  gate->sock = request->sock;
  snprintf(gate->seen, sizeof gate->seen, "%s|%s|%s|%zu|%s|%s|%zu|%s", request->target, request->path,
           request->origin ? request->origin : "-", request->field_count, westwind_request_field(request, "host"),
           westwind_request_field(request, "X-Nobody") ? "?" : "-", request->subprotocol_count,
           request->subprotocol_count ? request->subprotocols[0] : "-");
  CHECK(request->subprotocols[request->subprotocol_count] == NULL);
  /* Strings of the stack: they are copied. */
  char name[] = "Retry-After", value[] = "30", body[] = "too many rooms\n";
  CHECK_IS(westwind_refusal_add_field(refusal, name, value), 0);
  CHECK_IS(westwind_refusal_add_field(refusal, "Set-Cookie", "a=1"), 0);
  CHECK_IS(westwind_refusal_add_field(refusal, "Set-Cookie", "b=2"), 0);
  CHECK_IS(westwind_refusal_set_body(refusal, body), 0);
  memset(value, 'x', sizeof value - 1);
  memset(body, 'x', sizeof body - 1);
  CHECK_IS(westwind_refusal_add_field(refusal, "Content-Length", "3"), -EINVAL);
  CHECK_IS(westwind_refusal_add_field(refusal, "connection", "close"), -EINVAL);
  CHECK_IS(westwind_refusal_add_field(refusal, "Transfer-Encoding", "chunked"), -EINVAL);
  CHECK_IS(westwind_refusal_add_field(refusal, "not a token", "1"), -EINVAL);
  CHECK_IS(westwind_refusal_add_field(refusal, "X", "a\r\nY: b"), -EINVAL);
  CHECK_IS(westwind_refusal_add_field(refusal, "X", "\xff"), -EINVAL);
  CHECK_IS(westwind_refusal_add_field(refusal, NULL, "1"), -EINVAL);
  CHECK_IS(westwind_refusal_add_field(refusal, "X", NULL), -EINVAL);
  CHECK_IS(westwind_refusal_set_body(refusal, NULL), -EINVAL);
  CHECK_IS(westwind_refusal_set_body(refusal, "\xff"), -EINVAL);
  return gate->answer;
}

static struct westwind_upgrade_options gated(struct gate *gate) {
  struct westwind_upgrade_options options;
  westwind_upgrade_options_init(&options);
  options.on_request = judge;
  options.user_data = gate;
  memset(gate, 0, sizeof *gate);
  return options;
}

/* Reads what has come until the peer has closed. */
static void read_to_end(int socket, char *text, size_t size) {
  size_t count = 0;
  ssize_t got;
  while ((got = recv(socket, text + count, size - 1 - count, 0)) > 0) count += (size_t)got;
  text[count] = 0;
}

/* Reads a response to the end of its head, and no more. */
static void read_head(int socket, char *text, size_t size) { read_request(socket, text, size); }

/* Bytes behind the request are the first frames, in whatever pieces they come. */
static void lets_in(void) {
  int socket, peer;
  tcp_pair(&socket, &peer);
  struct gate gate;
  struct westwind_upgrade_options options = gated(&gate);
  static const char *const spoken[] = {"chat", "mqtt", NULL};
  options.subprotocols = spoken;
  write_text(peer, "GET /room?n=1 HTTP/1.1\r\n" FIELDS
                   "Origin: https://example.org\r\nSec-WebSocket-Protocol: mqtt, soap\r\nSec-WebSocket-Protocol: chat\r\n\r\n");
  send_frame(peer, 0x82, true, "first", 5);
  send_frame(peer, 0x89, true, "p", 1);
  send_frame(peer, 0x81, true, "second", 6);
  struct westwind_error error;
  memset(&error, 0xAA, sizeof error);
  int ws = westwind_upgrade(socket, &options, 20000, &error);
  CHECK(ws >= 0);
  CHECK_IS(error.code, 0);
  CHECK_IS(error.phase, WESTWIND_PHASE_NONE);
  CHECK_IS(error.status, 0);
  CHECK_IS(error.reserved[11], 0);
  CHECK_IS(error.text[0], 0);
  CHECK_IS(gate.calls, 1);
  CHECK_IS(gate.sock, socket);
  CHECK(strcmp(gate.seen, "/room?n=1|/room|https://example.org|8|localhost|-|3|mqtt") == 0);
  char head[1024];
  read_head(peer, head, sizeof head);
  CHECK(strstr(head, "HTTP/1.1 101 ") == head);
  CHECK(strstr(head, ACCEPT) != NULL);
  CHECK(strstr(head, "Sec-WebSocket-Protocol: chat\r\n") != NULL);
  CHECK(strstr(head, "Retry-After") == NULL);
  uint8_t got[16];
  uint32_t type;
  CHECK_IS(westwind_recv_message(ws, got, sizeof got, &type, 20000), 5);
  CHECK(memcmp(got, "first", 5) == 0);
  CHECK_IS(type, WEBSOCKET_FLAG_BINARY | WEBSOCKET_FLAG_FINAL);
  CHECK_IS(westwind_recv_message(ws, got, sizeof got, &type, 20000), 6);
  CHECK_IS(type, WEBSOCKET_FLAG_TEXT | WEBSOCKET_FLAG_FINAL);
  /* the PING has been answered meanwhile */
  CHECK_FRAME(peer, 0x8A, false, "p", 1);
  /* a server does not mask, and that is held to */
  CHECK_IS(websocket_send_msg(ws, got, 6, WEBSOCKET_OPCODE_DATA_TEXT, true, true, 1000), -EINVAL);
  CHECK_IS(websocket_send_msg(ws, got, 6, WEBSOCKET_OPCODE_DATA_TEXT, false, true, 1000), 6);
  CHECK_FRAME(peer, 0x81, false, "second", 6);
  char text[8];
  socklen_t length = sizeof text;
  CHECK_IS(zsock_getsockopt(ws, SOL_WEBSOCKET, WEBSOCKET_SUBPROTOCOL, text, &length), 0);
  CHECK_IS(length, 5);
  CHECK(strcmp(text, "chat") == 0);
  length = 3;
  CHECK_IS(zsock_getsockopt(ws, SOL_WEBSOCKET, WEBSOCKET_SUBPROTOCOL, text, &length), 0);
  CHECK_IS(length, 3);
  CHECK(strcmp(text, "ch") == 0);
  CHECK_IS(westwind_upgrade(socket, NULL, 0, &error), -EEXIST);
  CHECK_IS(error.code, -EEXIST);
  CHECK(error.text[0] != 0);
  CHECK_IS(websocket_unregister(ws), 0);
  CHECK_FAILS(fcntl(socket, F_GETFD), EBADF);
  close(peer);
}

/* The defaults: everybody is let in, nothing is chosen. */
static void defaults(void) {
  int socket, peer;
  tcp_pair(&socket, &peer);
  write_text(peer, "GET / HTTP/1.1\r\n" FIELDS "Sec-WebSocket-Protocol: mqtt\r\n\r\n");
  int ws = westwind_upgrade(socket, NULL, WESTWIND_DEFAULT_TIMEOUT, NULL);
  CHECK(ws >= 0);
  char head[1024];
  read_head(peer, head, sizeof head);
  CHECK(strstr(head, "Sec-WebSocket-Protocol") == NULL);
  char text[8];
  socklen_t length = sizeof text;
  CHECK_IS(zsock_getsockopt(ws, SOL_WEBSOCKET, WEBSOCKET_SUBPROTOCOL, text, &length), 0);
  CHECK_IS(length, 0);
  CHECK_IS(websocket_disconnect(ws), 0);
  CHECK(fcntl(socket, F_GETFD) >= 0);
  close(socket);
  close(peer);
}

/* Refuses with what the callback returns; the socket stays the program's. */
static void refuses(int answer, int status) {
  int socket, peer;
  tcp_pair(&socket, &peer);
  struct gate gate;
  struct westwind_upgrade_options options = gated(&gate);
  gate.answer = answer;
  write_text(peer, "GET /other HTTP/1.1\r\n" FIELDS "\r\n");
  struct westwind_error error;
  CHECK_IS(westwind_upgrade(socket, &options, 20000, &error), -ECONNABORTED);
  CHECK_IS(error.code, -ECONNABORTED);
  CHECK_IS(error.phase, WESTWIND_PHASE_HANDSHAKE);
  CHECK_IS(error.status, status);
  CHECK(strstr(error.text, "refused") != NULL);
  close(socket);
  char response[1024], line[32];
  read_to_end(peer, response, sizeof response);
  snprintf(line, sizeof line, "HTTP/1.1 %d ", status);
  CHECK(strstr(response, line) == response);
  CHECK(strstr(response, "\r\nRetry-After: 30\r\n") != NULL);
  CHECK(strstr(response, "\r\nSet-Cookie: a=1\r\n") != NULL);
  CHECK(strstr(response, "\r\nSet-Cookie: b=2\r\n") != NULL);
  CHECK(strstr(response, "\r\nConnection: close\r\nContent-Length: 15\r\n\r\ntoo many rooms\n") != NULL);
  close(peer);
}

/* A request that is none for a WebSocket is answered, and nobody is asked. */
static void wrong(const char *request, int status) {
  int socket, peer;
  tcp_pair(&socket, &peer);
  struct gate gate;
  struct westwind_upgrade_options options = gated(&gate);
  write_text(peer, request);
  struct westwind_error error;
  CHECK_IS(westwind_upgrade(socket, &options, 20000, &error), -ECONNABORTED);
  CHECK_IS(error.status, status);
  CHECK_IS(gate.calls, 0);
  close(socket);
  char response[1024], line[32];
  read_to_end(peer, response, sizeof response);
  snprintf(line, sizeof line, "HTTP/1.1 %d ", status);
  CHECK(strstr(response, line) == response);
  close(peer);
}

static void times_out(void) {
  int socket, peer;
  tcp_pair(&socket, &peer);
  write_text(peer, "GET / HTTP/1.1\r\nHost: ");
  struct westwind_error error;
  CHECK_IS(westwind_upgrade(socket, NULL, 50, &error), -ETIMEDOUT);
  CHECK_IS(error.phase, WESTWIND_PHASE_HANDSHAKE);
  CHECK_IS(error.status, 0);
  CHECK(strstr(error.text, "timed out") != NULL);
  CHECK_IS(westwind_upgrade(socket, NULL, 0, NULL), -ETIMEDOUT);
  close(peer);
  CHECK_IS(westwind_upgrade(socket, NULL, 20000, &error), -ECONNABORTED);
  CHECK(strstr(error.text, "closed") != NULL);
  close(socket);
}

/* A client's offer of compression is taken where the options have it. */
static void compresses(void) {
  int socket, peer;
  tcp_pair(&socket, &peer);
  struct westwind_compression compression;
  westwind_compression_init(&compression);
  compression.server_no_context_takeover = true;
  compression.minimum_size = 1;
  struct westwind_options websocket;
  westwind_options_init(&websocket);
  websocket.compression = &compression;
  websocket.max_message_size = 1000;
  websocket.sends_binary = true;
  struct westwind_upgrade_options options;
  westwind_upgrade_options_init(&options);
  options.websocket = &websocket;
  write_text(peer, "GET / HTTP/1.1\r\n" FIELDS "Sec-WebSocket-Extensions: permessage-deflate\r\n\r\n");
  int ws = westwind_upgrade(socket, &options, 20000, NULL);
  CHECK(ws >= 0);
  char head[1024];
  read_head(peer, head, sizeof head);
  CHECK(strstr(head, "Sec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover\r\n") != NULL);
  int value = 0;
  socklen_t length = sizeof value;
  CHECK_IS(zsock_getsockopt(ws, SOL_WEBSOCKET, WEBSOCKET_COMPRESSED, &value, &length), 0);
  CHECK_IS(value, 1);
  CHECK_IS(zsock_getsockopt(ws, SOL_WEBSOCKET, WEBSOCKET_SEND_OPCODE, &value, &length), 0);
  CHECK_IS(value, 2);
  /* "Hello" as in RFC 7692 7.2.3.1 */
  send_frame(peer, 0xC1, true, "\xf2\x48\xcd\xc9\xc9\x07\x00", 7);
  uint8_t got[2000];
  uint32_t type;
  CHECK_IS(westwind_recv_message(ws, got, sizeof got, &type, 20000), 5);
  CHECK(memcmp(got, "Hello", 5) == 0);
  uint8_t zeros[900] = {0};
  CHECK_IS(zsock_send(ws, zeros, sizeof zeros, 0), sizeof zeros);
  struct wire_frame frame = read_frame(peer);
  CHECK_IS(frame.first, 0xC2);
  CHECK(frame.length < 100);
  /* The message limit holds, also where it is set later: what the peer is sent back by itself is now too long. */
  int limit = 899;
  CHECK_IS(zsock_setsockopt(ws, SOL_WEBSOCKET, WEBSOCKET_MESSAGE_LIMIT, &limit, sizeof limit), 0);
  send_frame(peer, 0xC2, true, frame.payload, frame.length);
  free(frame.payload);
  CHECK_IS(websocket_recv_msg(ws, got, sizeof got, NULL, NULL, 20000), -EMSGSIZE);
  CHECK_FRAME(peer, 0x88, false, "\x03\xf1", 2);
  CHECK_IS(westwind_disconnect(ws, 0, NULL, 0, NULL), 0);
  close(socket);
  close(peer);
}

/* Structures of other versions, and such as nobody has initialized. */
static void structures(void) {
  int socket, peer;
  tcp_pair(&socket, &peer);
  struct {
    struct westwind_upgrade_options known;
    long unknown[2];
  } newer;
  memset(&newer, 0, sizeof newer);
  struct westwind_error error;
  CHECK_IS(westwind_upgrade(socket, &newer.known, 0, &error), -EINVAL);
  CHECK_IS(error.phase, WESTWIND_PHASE_ARGUMENTS);
  CHECK(strstr(error.text, "westwind_upgrade_options_init") != NULL);
  newer.known.size = sizeof newer.known - 8;
  CHECK_IS(westwind_upgrade(socket, &newer.known, 0, NULL), -EINVAL);
  newer.known.size = (size_t)-1;
  CHECK_IS(westwind_upgrade(socket, &newer.known, 0, NULL), -EINVAL);
  newer.known.size = sizeof newer;
  newer.unknown[1] = 1;
  CHECK_IS(westwind_upgrade(socket, &newer.known, 0, &error), -E2BIG);
  CHECK(strstr(error.text, "struct westwind_upgrade_options") != NULL);
  newer.unknown[1] = 0;
  CHECK_IS(westwind_upgrade(socket, &newer.known, 0, NULL), -ETIMEDOUT);
  struct westwind_options websocket;
  memset(&websocket, 0, sizeof websocket);
  newer.known.websocket = &websocket;
  CHECK_IS(westwind_upgrade(socket, &newer.known, 0, &error), -EINVAL);
  CHECK(strstr(error.text, "westwind_options_init") != NULL);
  static const char *const tokens[] = {"chat", "not a token", NULL};
  newer.known.websocket = NULL;
  newer.known.subprotocols = tokens;
  CHECK_IS(westwind_upgrade(socket, &newer.known, 0, &error), -EINVAL);
  CHECK(strstr(error.text, "not a token") != NULL);
  CHECK_IS(westwind_upgrade(-1, NULL, 0, &error), -EBADF);
  CHECK_IS(westwind_upgrade(9999, NULL, 0, &error), -EBADF);
  CHECK_SILENT(peer);
  close(socket);
  close(peer);
}

int main(void) {
  lets_in();
  defaults();
  refuses(403, 403);
  refuses(503, 503);
  refuses(302, 302);
  /* others would tell the client that something was agreed on */
  refuses(200, 500);
  refuses(101, 500);
  refuses(-1, 500);
  refuses(70000, 500);
  wrong("POST / HTTP/1.1\r\n" FIELDS "\r\n", 405);
  wrong("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", 426);
  wrong("GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 8\r\n" KEY "\r\n",
        426);
  wrong("GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n\r\n",
        400);
  wrong("GET / HTTP/1.0\r\n" FIELDS "\r\n", 505);
  times_out();
  compresses();
  structures();
  return 0;
}
