/* The benchmark's client on wslay: its frame interface, which neither copies nor gathers messages as the event interface
 * does, over buffers of ours. wslay has no handshake, no TLS and no compression. */
#include "task.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdint.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>
#include <wslay/wslay.h>

/* wslay asks for 4 KiB at a time and gives a header apart from its payload: these save it most of the system calls.
 * One pair is enough for all connections, as only one of them is in use at a time. */
struct buffer {
  uint8_t *bytes;
  size_t start, end, capacity;
};
static struct buffer input, output;

static void reserve(struct buffer *b, size_t count) {
  if (b->start == b->end) b->start = b->end = 0;
  if (b->capacity - b->end >= count) return;
  b->capacity = (b->end + count) * 2;
  if (!(b->bytes = realloc(b->bytes, b->capacity))) fail("wslay: no memory");
}

static void fill_input(int fd) {
  reserve(&input, BATCH_BYTES);
  const ssize_t count = recv(fd, input.bytes + input.end, BATCH_BYTES, 0);
  if (count == 0) fail("wslay: the server has closed the connection");
  if (count < 0 && errno != EINTR) fail("wslay: recv fails");
  if (count > 0) input.end += (size_t)count;
}

/* Sends what `output` holds. A server that echoes stops reading when nobody reads its echoes, so while there is no room
 * we do. */
static void flush(int fd) {
  while (output.start < output.end) {
    const ssize_t count = send(fd, output.bytes + output.start, output.end - output.start, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (count >= 0) {
      output.start += (size_t)count;
    } else if (errno == EAGAIN) {
      struct pollfd room = {.fd = fd, .events = POLLIN | POLLOUT};
      if (poll(&room, 1, -1) > 0 && room.revents & POLLIN) fill_input(fd);
    } else if (errno != EINTR) {
      fail("wslay: send fails");
    }
  }
}

static ssize_t take_input(uint8_t *bytes, size_t count, int flags, void *fd) {
  (void)flags;
  while (input.start == input.end) fill_input(*(int *)fd);
  if (count > input.end - input.start) count = input.end - input.start;
  memcpy(bytes, input.bytes + input.start, count);
  input.start += count;
  return (ssize_t)count;
}

static ssize_t put_output(const uint8_t *bytes, size_t count, int flags, void *unused) {
  (void)flags;
  (void)unused;
  reserve(&output, count);
  memcpy(output.bytes + output.end, bytes, count);
  output.end += count;
  return (ssize_t)count;
}

/* Masks are random (RFC 6455 10.3); the kernel is asked for many at once. */
static int make_mask(uint8_t *bytes, size_t count, void *unused) {
  static uint8_t pool[4096];
  static size_t used = sizeof pool;
  (void)unused;
  if (sizeof pool - used < count) {
    if (getrandom(pool, sizeof pool, 0) != sizeof pool) return -1;
    used = 0;
  }
  memcpy(bytes, pool + used, count);
  used += count;
  return 0;
}

struct connection {
  int fd;
  wslay_frame_context_ptr frames;
};

static void open_connection(struct connection *c, const struct task *task) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)task->port)};
  inet_pton(AF_INET, task->host, &address.sin_addr);
  c->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (c->fd < 0 || connect(c->fd, (struct sockaddr *)&address, sizeof address)) fail("wslay: no connection");
  setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
  char request[512];
  const int count = snprintf(
      request, sizeof request,
      "GET %s HTTP/1.1\r\nHost: %s:%d\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
      "Sec-WebSocket-Key: AQIDBAUGBwgJCgsMDQ4PEA==\r\nSec-WebSocket-Version: 13\r\n\r\n",
      task->path, task->host, task->port);
  put_output((uint8_t *)request, (size_t)count, 0, NULL);
  flush(c->fd);
  const uint8_t *end;
  do {
    fill_input(c->fd);
    end = memmem(input.bytes + input.start, input.end - input.start, "\r\n\r\n", 4);
  } while (!end);
  if (memcmp(input.bytes + input.start, "HTTP/1.1 101", 12) != 0) fail("wslay: the handshake is refused");
  input.start = (size_t)(end + 4 - input.bytes);
}

/* `c` stays where it is as long as the connection. */
static void begin_frames(struct connection *c) {
  const struct wslay_frame_callbacks callbacks = {put_output, take_input, make_mask};
  if (wslay_frame_context_init(&c->frames, &callbacks, &c->fd)) fail("wslay: no memory");
}

static void close_connection(struct connection *c) {
  wslay_frame_context_free(c->frames);
  close(c->fd);
}

static void put_message(struct connection *c, const uint8_t *payload, size_t size) {
  struct wslay_frame_iocb frame = {
      .fin = 1, .opcode = WSLAY_BINARY_FRAME, .payload_length = size, .mask = 1, .data = payload, .data_length = size};
  if (wslay_frame_send(c->frames, &frame) != (ssize_t)size) fail("wslay: a frame cannot be sent");
}

static void receive_message(struct connection *c, size_t size) {
  struct wslay_frame_iocb frame = {0};
  uint64_t received = 0;
  do {
    const ssize_t count = wslay_frame_recv(c->frames, &frame);
    if (count < 0) fail("wslay: a frame cannot be received");
    received += (uint64_t)count;
  } while (received < frame.payload_length);
  if (frame.opcode != WSLAY_BINARY_FRAME || !frame.fin || received != size) fail("wslay: another message was expected");
}

static void run(struct connection *c, const struct task *task, const uint8_t *payload) {
  const long first = task->count < WINDOW ? task->count : WINDOW;
  switch (task->workload) {
    case PING_PONG:
      for (long i = 0; i < task->count; i++) {
        put_message(c, payload, task->size);
        flush(c->fd);
        receive_message(c, task->size);
      }
      break;
    case PIPELINE:
      for (long sent = 0, received = 0; received < task->count;) {
        if (sent < task->count && sent < received + first) {
          put_message(c, payload, task->size);
          flush(c->fd);
          sent++;
        } else {
          receive_message(c, task->size);
          received++;
        }
      }
      break;
    case PIPELINE_BATCHED:
      for (long left = task->count; left > 0; left -= WINDOW) {
        const long now = left < WINDOW ? left : WINDOW;
        for (long i = 0; i < now; i++) put_message(c, payload, task->size);
        flush(c->fd);
        for (long i = 0; i < now; i++) receive_message(c, task->size);
      }
      break;
    case SEND:
    case SEND_BATCHED:
      for (long i = 0; i < task->count; i++) {
        put_message(c, payload, task->size);
        if (task->workload == SEND || output.end - output.start >= BATCH_BYTES) flush(c->fd);
      }
      flush(c->fd);
      receive_message(c, 1);
      break;
    case RECEIVE:
      put_message(c, payload, 1);
      flush(c->fd);
      for (long i = 0; i < task->count; i++) receive_message(c, task->size);
      break;
    case SETUP:
    case IDLE:
      put_message(c, payload, task->size);
      flush(c->fd);
      receive_message(c, task->size);
  }
}

static void run_idle(const struct task *task, const uint8_t *payload) {
  const long before = private_memory();
  struct connection *all = calloc((size_t)task->count, sizeof *all);
  if (!all) fail("wslay: no memory");
  for (long i = 0; i < task->count; i++) {
    open_connection(&all[i], task);
    begin_frames(&all[i]);
    run(&all[i], task, payload);
  }
  report_memory(before, task->count);
}

int main(int argc, char **argv) {
  const struct task task = read_task(argc, argv);
  if (task.is_secure || task.is_deflated) decline();
  uint8_t *payload = malloc(task.size + 1);
  if (!payload) fail("wslay: no memory");
  fill_with_readings(payload, task.size + 1);
  if (task.workload == IDLE) {
    run_idle(&task, payload);
    return 0;
  }
  struct connection c;
  struct moment start = now();
  for (long i = 0; i < (task.workload == SETUP ? task.count : 1); i++) {
    open_connection(&c, &task);
    begin_frames(&c);
    if (task.workload != SETUP) start = now();
    run(&c, &task, payload);
    if (task.workload == SETUP) close_connection(&c);
  }
  report_since(start);
  return 0;
}
