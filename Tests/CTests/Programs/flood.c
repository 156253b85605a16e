/* Every call of <westwind.h> that has a deadline, against a peer that sends without end what does not count: it is back in time,
 * and says so. Prints how late the latest was. */
#include "blocked.h"

enum { DEADLINE_MS = 300 };

/* What may come on top, in seconds. The machine may be busy: a call that goes round without a look at the clock does
 * not come back at all. */
static const double patience = 5;

static double latest;

/* Sends the same bytes again and again until the other end is closed, and takes in what comes. `prefix` goes first, and in it
 * `%s` is the accept value that belongs to the request. */
struct flood {
  int socket;
  const char *prefix;
  uint8_t bytes[70000];
  size_t length;
  int pause_us; /* a drip: a byte, and then this */
  pthread_t thread;
};

static void *flood_run(void *argument) {
  struct flood *flood = (struct flood *)argument;
  char request[4096], accept[32], text[512];
  if (flood->prefix) {
    read_request(flood->socket, request, sizeof request);
    accept_value(request, accept);
    snprintf(text, sizeof text, flood->prefix, accept);
    write_text(flood->socket, text);
  }
  for (size_t at = 0;;) {
    size_t piece = flood->pause_us ? 1 : flood->length - at;
    ssize_t sent = send(flood->socket, flood->bytes + at, piece, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent < 0 && errno != EAGAIN) return NULL;
    if (sent > 0) at = (at + (size_t)sent) % flood->length;
    static char sink[65536];
    ssize_t got = recv(flood->socket, sink, sizeof sink, MSG_DONTWAIT);
    if (got == 0 || (got < 0 && errno != EAGAIN)) return NULL;
    if (sent < 0 || flood->pause_us) {
      struct timespec pause = {0, flood->pause_us ? flood->pause_us * 1000 : 100000};
      nanosleep(&pause, NULL);
    }
  }
}

/* As many copies of a frame as fit. */
static void fill_with(struct flood *flood, int first, bool masked, const void *payload, size_t length) {
  uint8_t frame[200];
  size_t size = put_frame(frame, first, masked, payload, length);
  for (flood->length = 0; flood->length + size <= sizeof flood->bytes; flood->length += size)
    memcpy(flood->bytes + flood->length, frame, size);
}

static void fill_with_text(struct flood *flood, const char *text) {
  size_t size = strlen(text);
  for (flood->length = 0; flood->length + size <= sizeof flood->bytes; flood->length += size)
    memcpy(flood->bytes + flood->length, text, size);
}

/* Runs a call and looks at the clock. */
#define IN_TIME(call, wanted) \
  do { \
    double begin = seconds(); \
    CHECK_IS(call, wanted); \
    double late = seconds() - begin - DEADLINE_MS / 1000.0; \
    if (late > latest) latest = late; \
    if (late > patience) fail(__FILE__, __LINE__, "%s is back %.3f s too late", #call, late); \
  } while (0)

#define AGREES SWITCHING "Sec-WebSocket-Accept: %s\r\n\r\n"

static struct flood flood;

static int begin_flood(const char *prefix) {
  int socket;
  tcp_pair(&socket, &flood.socket);
  flood.prefix = prefix;
  CHECK_IS(pthread_create(&flood.thread, NULL, flood_run, &flood), 0);
  return socket;
}

static void end_flood(int socket) {
  close(socket);
  CHECK_IS(pthread_join(flood.thread, NULL), 0);
  close(flood.socket);
}

/* A WebSocket whose peer floods it. */
static int open_flooded(int *socket, const char *what, bool is_manual, size_t limit) {
  struct westwind_options websocket;
  westwind_options_init(&websocket);
  websocket.manual_control_frames = is_manual;
  websocket.max_message_size = limit;
  struct westwind_connect_options options;
  westwind_connect_options_init(&options);
  options.websocket = &websocket;
  if (!strcmp(what, "ping")) fill_with(&flood, 0x89, false, "ping", 4);
  if (!strcmp(what, "pong")) fill_with(&flood, 0x8A, false, "pong", 4);
  if (!strcmp(what, "empty fragments")) {
    fill_with(&flood, 0x00, false, "", 0);
    *socket = begin_flood(AGREES "\x01\x01x");
  } else {
    *socket = begin_flood(AGREES);
  }
  int ws = westwind_connect(*socket, "localhost", "/", &options, PATIENCE * 1000, NULL);
  CHECK(ws >= 0);
  return ws;
}

static void receiving(const char *what, int code) {
  static uint8_t bytes[1000];
  int socket, ws = open_flooded(&socket, what, false, 0);
  IN_TIME(westwind_recv_message(ws, bytes, sizeof bytes, NULL, DEADLINE_MS), code);
  if (code == -EAGAIN && strcmp(what, "empty fragments")) {
    IN_TIME(westwind_peek_msg(ws, NULL, NULL, DEADLINE_MS), -EAGAIN);
    IN_TIME(websocket_recv_msg(ws, bytes, sizeof bytes, NULL, NULL, DEADLINE_MS), -EAGAIN);
  }
  /* CLOSE never comes. */
  struct westwind_close status;
  IN_TIME(westwind_disconnect(ws, 1000, "flood", DEADLINE_MS, &status), 0);
  CHECK_IS(status.code, 1006);
  end_flood(socket);
}

static void connecting(const char *prefix, const char *text, int pause_us, int code) {
  fill_with_text(&flood, text);
  flood.pause_us = pause_us;
  int socket = begin_flood(prefix);
  struct westwind_connect_options options;
  westwind_connect_options_init(&options);
  struct westwind_options websocket;
  westwind_options_init(&websocket);
  websocket.max_head_size = (size_t)1 << 30;
  options.websocket = &websocket;
  IN_TIME(westwind_connect(socket, "localhost", "/", &options, DEADLINE_MS, NULL), code);
  flood.pause_us = 0;
  end_flood(socket);
}

static void upgrading(const char *text, int pause_us, size_t limit, int code) {
  fill_with_text(&flood, text);
  flood.pause_us = pause_us;
  int socket = begin_flood(NULL);
  struct westwind_upgrade_options options;
  westwind_upgrade_options_init(&options);
  struct westwind_options websocket;
  westwind_options_init(&websocket);
  websocket.max_head_size = limit;
  options.websocket = &websocket;
  IN_TIME(westwind_upgrade(socket, &options, DEADLINE_MS, NULL), code);
  flood.pause_us = 0;
  end_flood(socket);
}

int main(void) {
  receiving("ping", -EAGAIN);
  receiving("pong", -EAGAIN);
  receiving("empty fragments", -EAGAIN);
  /* interim responses, which are passed over (RFC 9110 15.2), as many as there come */
  connecting("%.0s", "HTTP/1.1 103 Early Hints\r\n\r\n", 0, -ETIMEDOUT);
  /* a head without end, all at once, and by the byte */
  connecting("HTTP/1.1 101 Switching Protocols\r\n%.0s", "X-Y: z\r\n", 0, -ETIMEDOUT);
  connecting("HTTP/1.1 101 Switching Protocols\r\n%.0s", "X-Y: z\r\n", 1000, -ETIMEDOUT);
  /* a refusal whose body has no end */
  connecting("HTTP/1.1 403 Forbidden\r\nContent-Length: 1000000000\r\n\r\n%.0s", "no", 1000, -ECONNABORTED);
  connecting("HTTP/1.1 403 Forbidden\r\nTransfer-Encoding: chunked\r\n\r\n%.0s", "1\r\nx\r\n", 0, -ECONNABORTED);
  upgrading("GET / HTTP/1.1\r\nX: ", 1000, 0, -ETIMEDOUT);
  upgrading("X-Y: z\r\n", 0, 0, -ECONNABORTED);
  upgrading("X-Y: z\r\n", 0, (size_t)1 << 30, -ETIMEDOUT);
  printf("the latest was back %.0f ms behind its deadline\n", latest > 0 ? latest * 1000 : 0.0);
  return 0;
}
