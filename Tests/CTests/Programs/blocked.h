/* Threads that are blocked in a call: when they are, whether they come back, and what they wrote meanwhile. */
#ifndef BLOCKED_H
#define BLOCKED_H

#include "session.h"

#include <signal.h>
#include <sys/syscall.h>
#include <time.h>

/* Far more than anything takes on a busy machine, or under valgrind: a thread that needs longer never comes back. */
enum { PATIENCE = 30 };

static inline double seconds(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static inline pid_t this_thread(void) { return (pid_t)syscall(SYS_gettid); }

/* The system call that a thread is in; -1 if it runs. */
static inline long system_call_of(pid_t thread) {
  char path[64], text[32];
  snprintf(path, sizeof path, "/proc/self/task/%d/syscall", (int)thread);
  FILE *file = fopen(path, "r");
  if (!file) return -1;
  char *line = fgets(text, sizeof text, file);
  fclose(file);
  return line && line[0] >= '0' && line[0] <= '9' ? strtol(line, NULL, 10) : -1;
}

/* It waits for a socket. */
static inline bool is_blocked(pid_t thread) {
  long call = system_call_of(thread);
  return call == SYS_recvfrom || call == SYS_recvmsg || call == SYS_sendto || call == SYS_sendmsg || call == SYS_ppoll;
}

/* Returns when a thread, which says who it is in `*thread`, has been seen a few times in a row to wait for a socket. */
static inline void await_blocked(const pid_t *thread) {
  double deadline = seconds() + PATIENCE;
  for (int sightings = 0; sightings < 5;) {
    CHECK(seconds() < deadline);
    struct timespec pause = {0, 1000000};
    nanosleep(&pause, NULL);
    pid_t number = __atomic_load_n(thread, __ATOMIC_ACQUIRE);
    sightings = number && is_blocked(number) ? sightings + 1 : 0;
  }
}

/* A call that blocks, on a thread of its own. */
struct blocked_call {
  int (*run)(void *context);
  void *context;
  bool masks_signals; /* block all signals, after the thread's first call */
  pthread_t thread;
  pid_t number;
  int result;
};

static inline void *blocked_call_run(void *argument) {
  struct blocked_call *call = (struct blocked_call *)argument;
  if (call->masks_signals) {
    sigset_t all;
    sigfillset(&all);
    CHECK_IS(pthread_sigmask(SIG_BLOCK, &all, NULL), 0);
  }
  __atomic_store_n(&call->number, this_thread(), __ATOMIC_RELEASE);
  call->result = call->run(call->context);
  return NULL;
}

/* Starts the call, and returns when it is blocked. */
static inline void begin_blocked(struct blocked_call *call, int (*run)(void *), void *context) {
  call->run = run;
  call->context = context;
  call->number = 0;
  call->result = 1;
  CHECK_IS(pthread_create(&call->thread, NULL, blocked_call_run, call), 0);
  await_blocked(&call->number);
}

/* Waits for the end of a thread. Returns 0; ETIMEDOUT if it does not come back. */
static inline int join_in_time(pthread_t thread, void **result) {
  struct timespec deadline;
  clock_gettime(CLOCK_REALTIME, &deadline);
  deadline.tv_sec += PATIENCE;
  return pthread_timedjoin_np(thread, result, &deadline);
}

/* Fills a socket, to the last byte that it takes. */
static inline void fill_socket(int socket) {
  static const char bytes[4096] = {0};
  for (size_t size = sizeof bytes; size > 0; size /= 2) {
    while (send(socket, bytes, size, MSG_DONTWAIT | MSG_NOSIGNAL) > 0) {
    }
  }
}

/* Reads all that has come. Returns how much it was. */
static inline size_t drain_socket(int socket) {
  static char bytes[65536];
  size_t count = 0;
  for (ssize_t got; (got = recv(socket, bytes, sizeof bytes, MSG_DONTWAIT)) > 0;) count += (size_t)got;
  return count;
}

#endif
