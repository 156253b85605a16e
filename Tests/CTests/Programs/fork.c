/* A process forks while a thread of it is blocked. Either process wakes its own threads, and none of the other's.

   The thread that forks has blocked before, so whatever it was woken by is there, and the child has a copy of it. */
#include "blocked.h"

#include <sys/mman.h>
#include <sys/wait.h>

enum { ROUNDS = 20 };

static int receive(void *context) {
  struct session *session = (struct session *)context;
  uint8_t bytes[100];
  return websocket_recv_msg(session->ws, bytes, sizeof bytes, NULL, NULL, SYS_FOREVER_MS);
}

/* Ends the call of a thread that says who it is, when that is blocked. */
struct ender {
  struct session *session;
  pid_t number;
};

static void *end_when_blocked(void *argument) {
  struct ender *ender = (struct ender *)argument;
  await_blocked(&ender->number);
  CHECK_IS(websocket_disconnect(ender->session->ws), 0);
  return NULL;
}

/* Blocks this thread, and has it woken by another. */
static void be_woken(void) {
  struct session session;
  open_client(&session);
  struct ender ender = {&session, this_thread()};
  pthread_t thread;
  CHECK_IS(pthread_create(&thread, NULL, end_when_blocked, &ender), 0);
  CHECK_IS(receive(&session), -ENOTCONN);
  CHECK_IS(join_in_time(thread, NULL), 0);
  close(session.socket);
  close(session.peer);
}

/* Blocks another thread, and wakes it. */
static void wake_another(void) {
  struct session session;
  open_client(&session);
  struct blocked_call call;
  memset(&call, 0, sizeof call);
  begin_blocked(&call, receive, &session);
  CHECK_IS(websocket_disconnect(session.ws), 0);
  CHECK_IS(join_in_time(call.thread, NULL), 0);
  CHECK_IS(call.result, -ENOTCONN);
  close(session.socket);
  close(session.peer);
}

/* Ends a connection of the parent's in which a thread of the parent waits. The numbers that the parent's threads are woken
   by are the child's own by now, for files of its own: nothing is written there. */
static void end_inherited(const struct session *session) {
  int files[32];
  for (int i = 0; i < 32; i++) {
    files[i] = memfd_create("of the child", MFD_CLOEXEC);
    CHECK(files[i] >= 0);
  }
  CHECK_IS(websocket_disconnect(session->ws), 0);
  for (int i = 0; i < 32; i++) {
    CHECK_IS(lseek(files[i], 0, SEEK_END), 0);
    close(files[i]);
  }
}

/* In a child of its own, which is killed, since it has no end without a leak: what the parent's thread had on its stack is
   nobody's there. */
static void end_inherited_in_child(const struct session *session) {
  pid_t child = fork();
  CHECK(child >= 0);
  if (child == 0) {
    alarm(4 * PATIENCE);
    end_inherited(session);
    raise(SIGKILL);
  }
  int status = -1;
  CHECK_IS(waitpid(child, &status, 0), child);
  CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
}

static void run_child(void) {
  alarm(4 * PATIENCE);
  for (int round = 0; round < ROUNDS; round++) {
    be_woken();
    wake_another();
  }
  fflush(stderr);
  _exit(0);
}

/* Clock ticks that a thread has used. */
static long ticks_of(pid_t thread) {
  char path[64], text[512];
  snprintf(path, sizeof path, "/proc/self/task/%d/stat", (int)thread);
  FILE *file = fopen(path, "r");
  CHECK(file != NULL && fgets(text, sizeof text, file) != NULL);
  fclose(file);
  unsigned long user, system;
  CHECK_IS(sscanf(strrchr(text, ')'), ") %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user, &system), 2);
  return (long)(user + system);
}

/* Sees to it that the child's rounds have not disturbed this process's main thread, which is blocked all the while. */
struct watch {
  pid_t child;
  pid_t main_thread;
  struct session *session;
};

static void *watch_child(void *argument) {
  struct watch *watch = (struct watch *)argument;
  int status = -1;
  CHECK_IS(waitpid(watch->child, &status, 0), watch->child);
  CHECK_IS(status, 0);
  await_blocked(&watch->main_thread);
  /* Woken for ever, it would look blocked now and then. */
  long before = ticks_of(watch->main_thread);
  struct timespec pause = {0, 300000000};
  nanosleep(&pause, NULL);
  CHECK(ticks_of(watch->main_thread) - before < sysconf(_SC_CLK_TCK) / 10);
  send_frame(watch->session->peer, 0x82, false, "still here", 10);
  return NULL;
}

int main(void) {
  struct session mine, others, inherited;
  open_client(&mine);
  open_client(&others);
  open_client(&inherited);
  be_woken();
  struct blocked_call other;
  memset(&other, 0, sizeof other);
  begin_blocked(&other, receive, &others);
  struct blocked_call third;
  memset(&third, 0, sizeof third);
  begin_blocked(&third, receive, &inherited);
  end_inherited_in_child(&inherited);
  for (int round = 0; round < 2; round++) {
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) run_child();
    struct watch watch = {child, this_thread(), &mine};
    pthread_t watcher;
    CHECK_IS(pthread_create(&watcher, NULL, watch_child, &watch), 0);
    CHECK_IS(receive(&mine), 10);
    CHECK_IS(join_in_time(watcher, NULL), 0);
    /* This process still wakes, and is woken. */
    be_woken();
    wake_another();
  }
  CHECK(is_blocked(third.number));
  CHECK_IS(websocket_disconnect(inherited.ws), 0);
  CHECK_IS(join_in_time(third.thread, NULL), 0);
  CHECK_IS(third.result, -ENOTCONN);
  close(inherited.socket);
  close(inherited.peer);
  CHECK(is_blocked(other.number));
  CHECK_IS(websocket_disconnect(others.ws), 0);
  CHECK_IS(join_in_time(other.thread, NULL), 0);
  CHECK_IS(other.result, -ENOTCONN);
  end(&mine);
  close(others.socket);
  close(others.peer);
  return 0;
}
