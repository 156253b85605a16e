/* A call that is blocked in another thread ends at once, whatever the program does with signals; memory that the call
   was lent is not written afterwards, and bytes that come later stay in the socket.

       wake default        signals as they are
       wake golike         all signals handled, with SA_RESTART, as a Go program has it
       wake mask           all signals blocked in the thread that is blocked, after its first call
       wake late_handler   SIGURG handled, with SA_RESTART, when the thread is blocked already
       wake late_ignore    SIGURG ignored then
       wake late_default   SIGURG set back to its default then */
#include "blocked.h"

enum { ROUNDS = 3, MEMORY = 4096, LATE = 500 };

/* A fraction of this is enough, but not on a busy machine under valgrind. A call that is not ended takes longer. */
static const double at_once = 1;

static const char *mode;
static struct session session;
static uint8_t *memory; /* what the connection receives into */

static void handle(int signal) { (void)signal; }

static bool is_mode(const char *name) { return strcmp(mode, name) == 0; }

static void set_signals_first(void) {
  if (!is_mode("golike")) return;
  struct sigaction action;
  memset(&action, 0, sizeof action);
  action.sa_handler = handle;
  action.sa_flags = SA_RESTART | SA_ONSTACK;
  /* Those that are the kernel's or the C library's are refused. */
  for (int number = 1; number <= SIGRTMAX; number++) sigaction(number, &action, NULL);
}

static void set_signals_late(void) {
  /* glibc's signal sets SA_RESTART. */
  if (is_mode("late_handler")) CHECK(signal(SIGURG, handle) != SIG_ERR);
  if (is_mode("late_ignore")) CHECK(signal(SIGURG, SIG_IGN) != SIG_ERR);
  if (is_mode("late_default")) CHECK(signal(SIGURG, SIG_DFL) != SIG_ERR);
}

/* --- what is blocked ---------------------------------------------------------------------------------------------- */

static int receive(int32_t timeout) {
  uint8_t bytes[2000];
  return websocket_recv_msg(session.ws, bytes, sizeof bytes, NULL, NULL, timeout);
}

static int receive_for_ever(void *context) {
  (void)context;
  return receive(SYS_FOREVER_MS);
}

static int receive_for_a_minute(void *context) {
  (void)context;
  return receive(60000);
}

/* The thread's first call is over by the time that it blocks signals. */
static int receive_masked(void *context) {
  (void)context;
  CHECK_IS(receive(1), -EAGAIN);
  sigset_t all;
  sigfillset(&all);
  CHECK_IS(pthread_sigmask(SIG_BLOCK, &all, NULL), 0);
  return receive(SYS_FOREVER_MS);
}

static int send_for_ever(void *context) {
  (void)context;
  return websocket_send_msg(session.ws, (const uint8_t *)"x", 1, WEBSOCKET_OPCODE_DATA_BINARY, true, true, SYS_FOREVER_MS);
}

/* --- what ends it ------------------------------------------------------------------------------------------------- */

static int by_disconnect(void) { return websocket_disconnect(session.ws); }
static int by_close(void) { return zsock_close(session.ws); }
static int by_unregister(void) { return websocket_unregister(session.ws); }

/* --- one round ---------------------------------------------------------------------------------------------------- */

static void connect_with_memory(void) {
  tcp_pair(&session.socket, &session.peer);
  struct server server;
  server_start(&server, session.peer, agree, NULL);
  struct websocket_request request = plain_request(memory, MEMORY);
  session.ws = websocket_connect(session.socket, &request, 30000, NULL);
  CHECK(session.ws >= 0);
  server_join(&server);
}

static void register_with_memory(void) {
  tcp_pair(&session.socket, &session.peer);
  session.ws = websocket_register(session.socket, memory, MEMORY);
  CHECK(session.ws >= 0);
}

/* The peer sends to a program that thinks it is through with it. Its socket may be closed. */
static size_t send_late(bool masked) {
  uint8_t payload[LATE], frame[LATE + 14];
  memset(payload, 0xEE, sizeof payload);
  size_t length = put_frame(frame, 0x82, masked, payload, sizeof payload);
  (void)!send(session.peer, frame, length, MSG_NOSIGNAL);
  return length;
}

static int changed_bytes(void) {
  int changed = 0;
  for (int i = 0; i < MEMORY; i++) changed += memory[i] != 0xAA;
  return changed;
}

static void end_receiver(const char *name, void (*open)(void), int (*receiver)(void *), int (*end)(void)) {
  for (int round = 0; round < ROUNDS; round++) {
    memory = (uint8_t *)malloc(MEMORY);
    open();
    struct blocked_call call;
    memset(&call, 0, sizeof call);
    begin_blocked(&call, is_mode("mask") ? receive_masked : receiver, NULL);
    set_signals_late();
    double start = seconds();
    CHECK_IS(end(), 0);
    double took = seconds() - start;
    /* It is the program's again. */
    memset(memory, 0xAA, MEMORY);
    bool owns_socket = end != by_unregister;
    size_t late = send_late(open == register_with_memory);
    /* The freed numbers are others' from here on: what comes for these is theirs. */
    int others[2];
    CHECK_IS(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, others), 0);
    write_all(others[0], "theirs", 6);
    write_all(others[1], "theirs", 6);
    int joined = join_in_time(call.thread, NULL);
    printf("%s, %s: ended in %.6f s, %d bytes of reused memory changed\n", mode, name, took, changed_bytes());
    fflush(stdout);
    CHECK_IS(changed_bytes(), 0);
    CHECK_IS(joined, 0);
    CHECK_IS(call.result, -ENOTCONN);
    CHECK(took < at_once);
    if (owns_socket) {
      uint8_t bytes[LATE + 14];
      CHECK_IS(recv(session.socket, bytes, sizeof bytes, MSG_WAITALL | MSG_PEEK | MSG_DONTWAIT), late);
      close(session.socket);
    }
    for (int i = 0; i < 2; i++) {
      char bytes[8];
      CHECK_IS(recv(others[i], bytes, sizeof bytes, MSG_DONTWAIT), 6);
      close(others[i]);
    }
    close(session.peer);
    free(memory);
  }
}

static void end_sender(void) {
  open_client_to_fill(&session);
  fill_socket(session.socket);
  struct blocked_call call;
  memset(&call, 0, sizeof call);
  call.masks_signals = is_mode("mask");
  begin_blocked(&call, send_for_ever, NULL);
  set_signals_late();
  double start = seconds();
  websocket_disconnect(session.ws); /* CLOSE finds no room either */
  double took = seconds() - start;
  int joined = join_in_time(call.thread, NULL);
  printf("%s, a sender: ended in %.6f s\n", mode, took);
  fflush(stdout);
  CHECK_IS(joined, 0);
  CHECK_IS(call.result, -ENOTCONN);
  CHECK(took < at_once);
  close(session.socket);
  close(session.peer);
}

int main(int count, char **arguments) {
  CHECK_IS(count, 2);
  mode = arguments[1];
  set_signals_first();
  end_receiver("websocket_connect and websocket_disconnect", connect_with_memory, receive_for_ever, by_disconnect);
  end_receiver("websocket_connect and zsock_close", connect_with_memory, receive_for_a_minute, by_close);
  end_receiver("websocket_register and websocket_disconnect", register_with_memory, receive_for_a_minute, by_disconnect);
  end_receiver("websocket_register and websocket_unregister", register_with_memory, receive_for_ever, by_unregister);
  end_sender();
  return 0;
}
