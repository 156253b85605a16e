/* Threads use the library without a pause, and the process forks: what a thread holds at that moment, no thread of the child
   will give back. Each child uses the library from its beginning to its end, and none hangs.

   fork_load ROUNDS */
#include "session.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/wait.h>
#include <unistd.h>

enum { WORKERS = 4, PATIENCE = 20, HUNG = 77 };

static int is_over;

/* Opens sockets and WebSockets, sends, polls, and closes: all that threads of a process share is used. */
static void *work(void *argument) {
  (void)argument;
  while (!__atomic_load_n(&is_over, __ATOMIC_ACQUIRE)) {
    struct session session;
    open_client(&session);
    for (int i = 0; i < 40; i++) {
      struct zsock_pollfd entry = {session.ws, ZSOCK_POLLIN, 0};
      zsock_poll(&entry, 1, 0);
      websocket_send_msg(session.ws, (const uint8_t *)"x", 1, WEBSOCKET_OPCODE_DATA_BINARY, true, true, SYS_FOREVER_MS);
      int socket = zsock_socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
      CHECK(socket >= 0);
      zsock_close(socket);
    }
    websocket_disconnect(session.ws);
    close(session.socket);
    close(session.peer);
  }
  return NULL;
}

static void hang(int signal) {
  (void)signal;
  _exit(HUNG);
}

static void run_child(void) {
  signal(SIGALRM, hang);
  alarm(PATIENCE);
  int socket = zsock_socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
  CHECK(socket >= 0);
  CHECK_IS(zsock_close(socket), 0);
  struct session session;
  open_client(&session);
  CHECK_IS(
      websocket_send_msg(session.ws, (const uint8_t *)"hi", 2, WEBSOCKET_OPCODE_DATA_BINARY, true, true, SYS_FOREVER_MS), 2);
  CHECK_IS(websocket_disconnect(session.ws), 0);
  _exit(0);
}

int main(int count, char **arguments) {
  CHECK_IS(count, 2);
  int rounds = atoi(arguments[1]), hung = 0;
  pthread_t workers[WORKERS];
  for (int i = 0; i < WORKERS; i++) CHECK_IS(pthread_create(&workers[i], NULL, work, NULL), 0);
  for (int round = 0; round < rounds; round++) {
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) run_child();
    int status = -1;
    CHECK_IS(waitpid(child, &status, 0), child);
    CHECK(WIFEXITED(status) && (WEXITSTATUS(status) == 0 || WEXITSTATUS(status) == HUNG));
    hung += WEXITSTATUS(status) == HUNG;
  }
  __atomic_store_n(&is_over, 1, __ATOMIC_RELEASE);
  for (int i = 0; i < WORKERS; i++) CHECK_IS(pthread_join(workers[i], NULL), 0);
  CHECK_IS(hung, 0);
  printf("%d forks while %d threads used the library: none hung\n", rounds, WORKERS);
  return 0;
}
