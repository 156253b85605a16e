/* The benchmark's client on libwebsockets: one context whose service loop sleeps in poll. libwebsockets writes a frame with
 * a system call each, and only on being told that it may; it has no way to send several at once. */
#include "task.h"

#include <libwebsockets.h>
#include <malloc.h>

static struct task task;
static struct lws_context *context;
static unsigned char *message; /* LWS_PRE bytes for the header, then the payload, which lws masks in place */
static long unsent, received, opened;
static size_t filled; /* bytes of the message that is coming in */
static long memory_before;
static struct moment start;

static const struct lws_extension extensions[] = {
    {"permessage-deflate", lws_extension_callback_pm_deflate,
     "permessage-deflate; client_no_context_takeover; server_no_context_takeover"},
    {NULL, NULL, NULL}};

static const struct lws_protocols *protocols(void);

static void open_connection(void) {
  opened++;
  struct lws_client_connect_info info = {
      .context = context,
      .address = task.host,
      .port = task.port,
      .path = task.path,
      .host = task.host,
      .ietf_version_or_minus_one = -1,
      .local_protocol_name = protocols()->name,
  };
  if (task.is_secure) {
    info.ssl_connection =
        LCCSCF_USE_SSL | LCCSCF_ALLOW_SELFSIGNED | LCCSCF_SKIP_SERVER_CERT_HOSTNAME_CHECK | LCCSCF_ALLOW_INSECURE;
  }
  if (!lws_client_connect_via_info(&info)) fail("lws: no connection");
}

/* Asks for a moment at which `count` messages more may be written. */
static void send_later(struct lws *wsi, long count) {
  unsent += count;
  if (unsent > 0) lws_callback_on_writable(wsi);
}

static void begin(struct lws *wsi) {
  if (task.workload != SETUP && task.workload != IDLE) start = now();
  /* zlib's own levels in place of 1, and room for the whole message in one frame, in place of 1 KiB */
  if (task.is_deflated) {
    lws_set_extension_option(wsi, "permessage-deflate", "compression_level", "6");
    lws_set_extension_option(wsi, "permessage-deflate", "mem_level", "8");
    lws_set_extension_option(wsi, "permessage-deflate", "tx_buf_size", "20");
    lws_set_extension_option(wsi, "permessage-deflate", "rx_buf_size", "16");
  }
  switch (task.workload) {
    case PIPELINE:
    case PIPELINE_BATCHED:
      send_later(wsi, task.count < WINDOW ? task.count : WINDOW);
      break;
    case SEND:
      send_later(wsi, task.count);
      break;
    default:
      send_later(wsi, 1);
  }
}

/* Writes until the socket is full, when lws keeps the rest of a message. lws_partial_buffered tells so without the system
 * call of lws_send_pipe_choked. */
static bool write_messages(struct lws *wsi) {
  const size_t size = task.workload == RECEIVE ? 1 : task.size;
  while (unsent > 0 && !lws_partial_buffered(wsi)) {
    if (lws_write(wsi, message + LWS_PRE, size, LWS_WRITE_BINARY) < (int)size) return false;
    unsent--;
  }
  if (unsent > 0) lws_callback_on_writable(wsi);
  return true;
}

/* Does not return: where compression has been negotiated, libwebsockets 4.1 hands over an uncompressed message, such as the
 * last answer of deflate-send, again and again for ever (its issue 2794). */
static void end(void) {
  if (task.workload == IDLE) {
    report_memory(memory_before, task.count);
  } else {
    report_since(start);
  }
  exit(0);
}

/* False where the connection is to be closed. */
static bool take_message(struct lws *wsi) {
  received++;
  switch (task.workload) {
    case PING_PONG:
      if (received < task.count) send_later(wsi, 1);
      break;
    case PIPELINE:
      if (received + WINDOW <= task.count) send_later(wsi, 1);
      break;
    case PIPELINE_BATCHED:
      if (received % WINDOW == 0) {
        const long left = task.count - received;
        send_later(wsi, left < WINDOW ? left : WINDOW);
      }
      break;
    case SEND:
    case SEND_BATCHED:
      received = task.count;
      break;
    case RECEIVE:
    case SETUP:
      break;
    case IDLE:
      if (opened < task.count) open_connection();
  }
  if (received == task.count) end();
  return task.workload != SETUP;
}

static bool take_bytes(struct lws *wsi, size_t count) {
  filled += count;
  if (lws_remaining_packet_payload(wsi) > 0 || !lws_is_final_fragment(wsi)) return true;
  const size_t expected = task.workload == SEND ? 1 : task.size;
  if (filled != expected || !lws_frame_is_binary(wsi)) fail("lws: another message was expected");
  filled = 0;
  return take_message(wsi);
}

static int serve(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t count) {
  (void)user;
  switch (reason) {
    case LWS_CALLBACK_CLIENT_ESTABLISHED:
      begin(wsi);
      break;
    case LWS_CALLBACK_CLIENT_WRITEABLE:
      return write_messages(wsi) ? 0 : -1;
    case LWS_CALLBACK_CLIENT_RECEIVE:
      return take_bytes(wsi, count) ? 0 : -1;
    case LWS_CALLBACK_CLIENT_CONNECTION_ERROR:
      fail(in ? in : "lws: no connection");
      break;
    case LWS_CALLBACK_CLIENT_CLOSED:
      if (task.workload != SETUP) {
        fail("lws: the connection is closed");
      } else if (opened < task.count) {
        open_connection();
      }
      break;
    default:
      break;
  }
  return 0;
}

/* A connection has a buffer of its own for what it receives: those that only wait have a small one. */
static const struct lws_protocols *protocols(void) {
  static struct lws_protocols list[] = {{.name = "bench", .callback = serve}, {0}};
  list[0].rx_buffer_size = task.workload == IDLE || task.workload == SETUP ? 4096 : BATCH_BYTES;
  return list;
}

int main(int argc, char **argv) {
  task = read_task(argc, argv);
  if (task.workload == SEND_BATCHED) decline();
  if (!(message = malloc(LWS_PRE + task.size + 1))) fail("lws: no memory");
  fill_with_readings(message + LWS_PRE, task.size + 1);
  lws_set_log_level(LLL_ERR, NULL);
  /* a compressor is made for each message: its memory is kept, not returned to the kernel and fetched again */
  mallopt(M_TRIM_THRESHOLD, 64 << 20);
  mallopt(M_MMAP_THRESHOLD, 32 << 20);
  const struct lws_context_creation_info info = {
      .port = CONTEXT_PORT_NO_LISTEN,
      .protocols = protocols(),
      .extensions = task.is_deflated ? extensions : NULL,
      .options = task.is_secure ? LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT : 0,
      .pt_serv_buf_size = BATCH_BYTES,
  };
  if (!(context = lws_create_context(&info))) fail("lws: no context");
  memory_before = private_memory();
  start = now();
  /* poll looks at all connections each time: where they are many, several are opened at once */
  do open_connection();
  while (task.workload == IDLE && opened < task.count && opened < WINDOW);
  while (lws_service(context, 0) >= 0) continue;
  fail("lws: the service fails");
}
