// The Linux calls that the C library's module for Swift leaves out, and two macros that Swift cannot import.
#ifndef WESTWIND_CLINUX_H
#define WESTWIND_CLINUX_H

#include <errno.h>
#include <linux/futex.h>
#include <netdb.h>
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

// What a thread knows of itself without asking the kernel.
struct cl_thread {
  int number;  // the kernel's; 0: not asked yet
  int wake;    // its wake descriptor, plus 1; 0: none yet
};
extern __thread struct cl_thread cl_this_thread;
int cl_read_thread_number(void);
static inline int cl_thread_number(void) {
  const int number = cl_this_thread.number;
  return number != 0 ? number : cl_read_thread_number();
}

// The thread's wake descriptor: an eventfd that it polls beside the socket that it waits for, so that other threads can
// end the wait. It is made at the thread's first wait and closed when the thread ends. -1: the process has no descriptor
// left for it.
int cl_make_wake_descriptor(void);
static inline int cl_wake_descriptor(void) {
  const int wake = cl_this_thread.wake;
  return wake != 0 ? wake - 1 : cl_make_wake_descriptor();
}
// Another thread may still write to the wake descriptor, and nobody knows when: it stays open for the life of the process,
// and the thread makes itself a new one.
void cl_abandon_wake_descriptor(void);

// The number of forks between the first process that used the library and this one: memory shared by copying belongs to
// the process whose count it carries.
extern uint32_t cl_forks;
static inline uint32_t cl_fork_count(void) { return __atomic_load_n(&cl_forks, __ATOMIC_RELAXED); }

// Waits while the word is as expected, until the moment on CLOCK_MONOTONIC (NULL: without end). Gives 0 or the error.
int cl_futex_wait(const void *word, uint32_t expected, const struct timespec *until);
void cl_futex_wake_one(const void *word);

// Variadic.
static inline int cl_ioctl(int descriptor, unsigned long request, void *argument) {
  return ioctl(descriptor, request, argument);
}

#endif
