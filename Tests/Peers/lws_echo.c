/* Echo server on libwebsockets, for the interoperability tests.
 *
 * Listens on a free loopback port, prints the port as its first line, and
 * echoes frame by frame: each frame goes back with its opcode, its FIN bit and
 * its whole payload. Ends when its standard input does, so that it cannot
 * outlive the test that started it. */
#include <libwebsockets.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Above this many bytes not yet sent back, the peer is not read from. */
#define QUEUE_LIMIT (256 * 1024)

struct frame {
  struct frame *next;
  enum lws_write_protocol how;
  size_t length, capacity;
  unsigned char *buffer; /* LWS_PRE bytes for the header, then the payload */
};

struct session {
  struct frame *incoming;        /* the frame being received */
  struct frame *first, **last;   /* whole frames to send back */
  size_t queued;
};

static void release(struct frame *frame) {
  free(frame->buffer);
  free(frame);
}

/* libwebsockets delivers a frame in pieces as they arrive; the piece that
 * leaves nothing remaining ends the frame. Says whether there was memory. */
static bool receive(struct lws *wsi, struct session *s, const void *in, size_t length) {
  struct frame *frame = s->incoming;
  if (!frame) {
    frame = s->incoming = calloc(1, sizeof *frame);
    if (!frame) return false;
    frame->capacity = length + lws_remaining_packet_payload(wsi);
    frame->buffer = malloc(LWS_PRE + frame->capacity + 1);
    if (!frame->buffer) return false;
    frame->how = !lws_is_first_fragment(wsi) ? LWS_WRITE_CONTINUATION
                 : lws_frame_is_binary(wsi)  ? LWS_WRITE_BINARY
                                             : LWS_WRITE_TEXT;
  }
  if (length > frame->capacity - frame->length) {
    unsigned char *grown = realloc(frame->buffer, LWS_PRE + frame->length + length + 1);
    if (!grown) return false;
    frame->buffer = grown;
    frame->capacity = frame->length + length;
  }
  if (length) memcpy(frame->buffer + LWS_PRE + frame->length, in, length);
  frame->length += length;
  if (lws_remaining_packet_payload(wsi)) return true;

  if (!lws_is_final_fragment(wsi)) frame->how |= LWS_WRITE_NO_FIN;
  s->incoming = NULL;
  *s->last = frame;
  s->last = &frame->next;
  s->queued += frame->length + 1;
  if (s->queued > QUEUE_LIMIT) lws_rx_flow_control(wsi, 0);
  lws_callback_on_writable(wsi);
  return true;
}

static bool send_first(struct lws *wsi, struct session *s) {
  struct frame *frame = s->first;
  if (!frame) return true;
  int sent = lws_write(wsi, frame->buffer + LWS_PRE, frame->length, frame->how);
  if (sent < 0 || (size_t)sent < frame->length) return false;
  s->queued -= frame->length + 1;
  s->first = frame->next;
  if (!s->first) s->last = &s->first;
  release(frame);
  if (s->first) lws_callback_on_writable(wsi);
  else lws_rx_flow_control(wsi, 1);
  return true;
}

static int echo(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t length) {
  struct session *s = user;
  switch (reason) {
  case LWS_CALLBACK_ESTABLISHED:
    memset(s, 0, sizeof *s);
    s->last = &s->first;
    break;
  case LWS_CALLBACK_RECEIVE:
    return receive(wsi, s, in, length) ? 0 : -1;
  case LWS_CALLBACK_SERVER_WRITEABLE:
    return send_first(wsi, s) ? 0 : -1;
  case LWS_CALLBACK_CLOSED:
    while (s->first) {
      struct frame *next = s->first->next;
      release(s->first);
      s->first = next;
    }
    if (s->incoming) release(s->incoming);
    break;
  default:
    break;
  }
  return 0;
}

static void *watch_standard_input(void *unused) {
  char byte;
  (void)unused;
  while (read(STDIN_FILENO, &byte, 1) > 0) {}
  _exit(0);
}

int main(void) {
  const struct lws_protocols protocols[] = {
      {.name = "echo", .callback = echo, .per_session_data_size = sizeof(struct session), .rx_buffer_size = 64 * 1024},
      {0},
  };
  struct lws_context_creation_info info = {
      .port = 0, .iface = "127.0.0.1", .protocols = protocols, .options = LWS_SERVER_OPTION_EXPLICIT_VHOSTS, .pt_serv_buf_size = 64 * 1024};
  lws_set_log_level(LLL_ERR | LLL_WARN, NULL);
  struct lws_context *context = lws_create_context(&info);
  if (!context) return 1;
  struct lws_vhost *vhost = lws_create_vhost(context, &info);
  if (!vhost) return 1;
  printf("%d\n", lws_get_vhost_listen_port(vhost));
  fflush(stdout);

  pthread_t watcher;
  if (pthread_create(&watcher, NULL, watch_standard_input, NULL)) return 1;
  while (lws_service(context, 0) >= 0) {}
  lws_context_destroy(context);
  return 0;
}
