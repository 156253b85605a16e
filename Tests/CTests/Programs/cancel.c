/* A thread is cancelled while it is blocked in a call of the library. It ends; the connection is as it was, and other
   threads use it. */
#include "blocked.h"

/* As in `wake`: a call that waits for a lock which nobody will give back takes longer. */
static const double at_once = 1;

static struct session session;

static void note_cleanup(void *cleaned) { *(int *)cleaned += 1; }

/* --- what is cancelled -------------------------------------------------------------------------------------------- */

static int receive_for_ever(void) {
  uint8_t bytes[100];
  return websocket_recv_msg(session.ws, bytes, sizeof bytes, NULL, NULL, SYS_FOREVER_MS);
}

static int receive_for_a_minute(void) {
  uint8_t bytes[100];
  return websocket_recv_msg(session.ws, bytes, sizeof bytes, NULL, NULL, 60000);
}

static int receive_plainly(void) {
  uint8_t bytes[100];
  return (int)zsock_recv(session.ws, bytes, sizeof bytes, 0);
}

static int poll_for_ever(void) {
  struct zsock_pollfd entry = {session.ws, ZSOCK_POLLIN, 0};
  return zsock_poll(&entry, 1, -1);
}

/* All of it fits the library's buffer, and nothing of it has left. */
static int send_small(void) {
  return websocket_send_msg(session.ws, (const uint8_t *)"x", 1, WEBSOCKET_OPCODE_DATA_BINARY, true, true, SYS_FOREVER_MS);
}

/* Some of it has left. */
static int send_large(void) {
  static const uint8_t bytes[1 << 20] = {0};
  return websocket_send_msg(
    session.ws, bytes, sizeof bytes, WEBSOCKET_OPCODE_DATA_BINARY, true, true, SYS_FOREVER_MS);
}

/* --- the thread --------------------------------------------------------------------------------------------------- */

struct victim {
  int (*call)(void);
  pid_t number;
  int cleaned; /* what the program's own handler has counted */
  int returned;
};

static void *run_victim(void *argument) {
  struct victim *victim = (struct victim *)argument;
  pthread_cleanup_push(note_cleanup, &victim->cleaned);
  __atomic_store_n(&victim->number, this_thread(), __ATOMIC_RELEASE);
  victim->call();
  victim->returned = 1;
  /* If the call was not left, the thread ends here at the latest. */
  pthread_testcancel();
  pthread_cleanup_pop(0);
  return NULL;
}

static void cancel(const char *name, int (*call)(void)) {
  struct victim victim = {call, 0, 0, 0};
  pthread_t thread;
  CHECK_IS(pthread_create(&thread, NULL, run_victim, &victim), 0);
  await_blocked(&victim.number);
  double start = seconds();
  CHECK_IS(pthread_cancel(thread), 0);
  void *result = NULL;
  CHECK_IS(join_in_time(thread, &result), 0);
  printf("%s: ended in %.6f s, %s\n", name, seconds() - start, victim.returned ? "behind its call" : "within its call");
  CHECK(result == PTHREAD_CANCELED);
  CHECK_IS(victim.cleaned, 1);
}

/* --- what is left of it ------------------------------------------------------------------------------------------- */

static void check_receives(void) {
  uint8_t bytes[100];
  send_frame(session.peer, 0x82, false, "hello", 5);
  CHECK_IS(websocket_recv_msg(session.ws, bytes, sizeof bytes, NULL, NULL, 30000), 5);
  CHECK(memcmp(bytes, "hello", 5) == 0);
  CHECK_IS(websocket_recv_msg(session.ws, bytes, sizeof bytes, NULL, NULL, 1), -EAGAIN);
}

static void check_is_usable(void) {
  check_receives();
  CHECK_IS(websocket_send_msg(session.ws, (const uint8_t *)"hi", 2, WEBSOCKET_OPCODE_PING, true, true, 30000), 2);
  CHECK_FRAME(session.peer, 0x89, true, "hi", 2);
  double start = seconds();
  CHECK_IS(websocket_disconnect(session.ws), 0);
  CHECK(seconds() - start < at_once);
  CHECK_FRAME(session.peer, 0x88, true, "", 0);
  close(session.socket);
  close(session.peer);
}

static void receivers(void) {
  static int (*const calls[])(void) = {receive_for_ever, receive_for_a_minute, receive_plainly, poll_for_ever};
  static const char *const names[] = {"receive", "receive with a timeout", "receive plainly", "poll"};
  for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) {
    open_client(&session);
    for (int round = 0; round < 3; round++) {
      cancel(names[i], calls[i]);
      check_receives();
    }
    check_is_usable();
  }
}

static void senders(void) {
  open_client_to_fill(&session);
  fill_socket(session.socket);
  cancel("send", send_small);
  drain_socket(session.peer);
  check_is_usable();

  /* Half a frame is out: no other may follow it, and everybody is told at once. */
  open_client_to_fill(&session);
  cancel("send in the midst of a frame", send_large);
  double start = seconds();
  uint8_t bytes[100];
  CHECK_IS(websocket_recv_msg(session.ws, bytes, sizeof bytes, NULL, NULL, 30000), -ENOTCONN);
  CHECK_IS(websocket_send_msg(session.ws, bytes, 1, WEBSOCKET_OPCODE_PING, true, true, 30000), -ENOTCONN);
  CHECK_IS(websocket_disconnect(session.ws), 0);
  CHECK(seconds() - start < at_once);
  close(session.socket);
  close(session.peer);
}

/* A thread that has disabled its cancellation, as one with locks of its own does, finishes its call. */
static void *receive_undisturbed(void *argument) {
  struct victim *victim = (struct victim *)argument;
  pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, NULL);
  __atomic_store_n(&victim->number, this_thread(), __ATOMIC_RELEASE);
  victim->returned = victim->call();
  int state = -1;
  pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &state);
  victim->cleaned = state == PTHREAD_CANCEL_DISABLE;
  return victim;
}

static void disabled(void) {
  open_client(&session);
  struct victim victim = {receive_for_ever, 0, 0, 0};
  pthread_t thread;
  CHECK_IS(pthread_create(&thread, NULL, receive_undisturbed, &victim), 0);
  await_blocked(&victim.number);
  CHECK_IS(pthread_cancel(thread), 0);
  await_blocked(&victim.number);
  send_frame(session.peer, 0x82, false, "hello", 5);
  void *result = NULL;
  CHECK_IS(join_in_time(thread, &result), 0);
  CHECK(result == &victim);
  CHECK_IS(victim.returned, 5);
  CHECK_IS(victim.cleaned, 1);
  check_is_usable();
}

int main(void) {
  receivers();
  senders();
  disabled();
  return 0;
}
