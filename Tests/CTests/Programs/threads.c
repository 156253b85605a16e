/* One WebSocket, several threads: senders do not mix, and a disconnect ends the calls of the others. */
#include "session.h"

enum { SENDERS = 4, FRAMES = 50, SIZE = 5000 };

static struct session session;

static void *send_many(void *letter) {
  static const enum websocket_opcode BINARY = WEBSOCKET_OPCODE_DATA_BINARY;
  uint8_t *payload = (uint8_t *)malloc(SIZE);
  memset(payload, *(char *)letter, SIZE);
  for (int i = 0; i < FRAMES; i++) {
    CHECK_IS(websocket_send_msg(session.ws, payload, SIZE, BINARY, true, true, SYS_FOREVER_MS), SIZE);
  }
  free(payload);
  return NULL;
}

static void senders(void) {
  open_client(&session);
  static char letters[SENDERS] = {'a', 'b', 'c', 'd'};
  pthread_t threads[SENDERS];
  for (int i = 0; i < SENDERS; i++) CHECK_IS(pthread_create(&threads[i], NULL, send_many, &letters[i]), 0);
  int counts[SENDERS] = {0};
  for (int i = 0; i < SENDERS * FRAMES; i++) {
    struct wire_frame frame = read_frame(session.peer);
    CHECK_IS(frame.first, 0x82);
    CHECK_IS(frame.length, SIZE);
    for (size_t j = 1; j < frame.length; j++) CHECK(frame.payload[j] == frame.payload[0]);
    counts[frame.payload[0] - 'a']++;
    free(frame.payload);
  }
  for (int i = 0; i < SENDERS; i++) {
    CHECK_IS(pthread_join(threads[i], NULL), 0);
    CHECK_IS(counts[i], FRAMES);
  }
  end(&session);
}

static void *receive(void *result) {
  uint8_t got[16];
  *(int *)result = websocket_recv_msg(session.ws, got, sizeof got, NULL, NULL, SYS_FOREVER_MS);
  return NULL;
}

/* Whether the thread is in its call already or not yet, it gets -ENOTCONN, or finds the number free. */
static void disconnected(void) {
  for (int round = 0; round < 20; round++) {
    open_client(&session);
    int code = 1;
    pthread_t thread;
    CHECK_IS(pthread_create(&thread, NULL, receive, &code), 0);
    struct timespec pause = {0, round * 500000};
    nanosleep(&pause, NULL);
    CHECK_IS(websocket_disconnect(session.ws), 0);
    CHECK_IS(pthread_join(thread, NULL), 0);
    CHECK(code == -ENOTCONN || code == -EBADF);
    close(session.socket);
    close(session.peer);
  }
}

/* One thread receives for ever while another sends. */
static void both_ways(void) {
  open_client(&session);
  int code = 0;
  pthread_t thread;
  CHECK_IS(pthread_create(&thread, NULL, receive, &code), 0);
  for (int i = 0; i < 100; i++) {
    CHECK_IS(websocket_send_msg(session.ws, (const uint8_t *)"x", 1, WEBSOCKET_OPCODE_DATA_TEXT, true, true, 1000), 1);
    CHECK_FRAME(session.peer, 0x81, true, "x", 1);
  }
  send_frame(session.peer, 0x81, false, "done", 4);
  CHECK_IS(pthread_join(thread, NULL), 0);
  CHECK_IS(code, 4);
  end(&session);
}

int main(void) {
  senders();
  disconnected();
  both_ways();
  return 0;
}
