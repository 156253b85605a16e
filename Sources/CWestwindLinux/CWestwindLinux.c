#include "CWestwindLinux.h"

#include <sys/syscall.h>
#include <unistd.h>

__thread struct cl_thread cl_this_thread;

uint32_t cl_forks;

// A child that was forked off has the memory of the thread that forked, but another number.
static void begin_as_child(void) {
  cl_this_thread.number = 0;
  __atomic_add_fetch(&cl_forks, 1, __ATOMIC_RELAXED);
}

__attribute__((constructor)) static void watch_forks(void) { pthread_atfork(NULL, NULL, begin_as_child); }

int cl_read_thread_number(void) {
  cl_this_thread.number = (int)syscall(SYS_gettid);
  return cl_this_thread.number;
}

int cl_futex_wait(const void *word, uint32_t expected, const struct timespec *until) {
  const long result = syscall(
      SYS_futex, word, FUTEX_WAIT_BITSET | FUTEX_PRIVATE_FLAG, expected, until, NULL, FUTEX_BITSET_MATCH_ANY);
  return result == 0 ? 0 : errno;
}

void cl_futex_wake_one(const void *word) {
  syscall(SYS_futex, word, FUTEX_WAKE | FUTEX_PRIVATE_FLAG, 1, NULL, NULL, 0);
}

int cl_signal_thread(int number, int signal) { return (int)syscall(SYS_tgkill, getpid(), number, signal); }
