// The Linux calls that the C library's module for Swift leaves out, and two macros that Swift cannot import.
#ifndef WESTWIND_CLINUX_H
#define WESTWIND_CLINUX_H

#include <errno.h>
#include <linux/futex.h>
#include <netdb.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/random.h>
#include <sys/timerfd.h>
#include <sys/un.h>

// These are declared only for GNU sources.
#include <poll.h>
#include <pthread.h>
#include <sys/socket.h>
#include <time.h>
int accept4(int, struct sockaddr *, socklen_t *, int);
int ppoll(struct pollfd *, nfds_t, const struct timespec *, const sigset_t *);
int pthread_cond_clockwait(pthread_cond_t *, pthread_mutex_t *, clockid_t, const struct timespec *);

// `sigaction` is a function and a structure in C; only the function's union needs help.
static inline int cl_highest_signal(void) { return SIGRTMAX; }
typedef void (*cl_signal_handler)(int);
static inline struct sigaction cl_signal_action(cl_signal_handler handler) {
  struct sigaction action = {0};
  action.sa_handler = handler;
  sigemptyset(&action.sa_mask);
  return action;  // without SA_RESTART: the interrupted call returns EINTR
}
static inline int cl_signal_is_default(const struct sigaction *action) {
  return action->sa_handler == SIG_DFL || action->sa_handler == SIG_IGN;
}

// What a thread knows of itself without asking the kernel.
struct cl_thread {
  int number;  // the kernel's; 0 where it has not been asked yet
  bool admits_wake_signal;
};
extern __thread struct cl_thread cl_this_thread;
int cl_read_thread_number(void);
static inline int cl_thread_number(void) {
  const int number = cl_this_thread.number;
  return number != 0 ? number : cl_read_thread_number();
}
static inline bool cl_thread_admits_wake_signal(void) { return cl_this_thread.admits_wake_signal; }
static inline void cl_note_wake_signal_admitted(void) { cl_this_thread.admits_wake_signal = true; }

// Grows in a process that was forked off: what its parent holds and it has a copy of may not be used by both.
extern uint32_t cl_forks;
static inline uint32_t cl_fork_count(void) { return __atomic_load_n(&cl_forks, __ATOMIC_RELAXED); }

// Waits while the word is as expected, until the moment on CLOCK_MONOTONIC (NULL: without end). Gives 0 or the error.
int cl_futex_wait(const void *word, uint32_t expected, const struct timespec *until);
void cl_futex_wake_one(const void *word);
// A signal to a thread of this process by its number; nothing happens where it has ended.
int cl_signal_thread(int number, int signal);

// Variadic.
static inline int cl_ioctl(int descriptor, unsigned long request, void *argument) {
  return ioctl(descriptor, request, argument);
}

#endif
