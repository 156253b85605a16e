// The Linux calls that the C library's module for Swift leaves out, a thread's wake descriptor, and cancellation.
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
  bool may_be_cancelled;  // it is in a call from C, made with cancellation enabled
  bool is_cancelled;      // and was cancelled in it, while it waited
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

// Cancellation (pthread_cancel), which unwinds a thread's stack without running what Swift does behind a call: no lock would
// be given back. So it is disabled in calls from C. A thread that waits in one can be cancelled all the same: its wait then
// ends as if its time was over, the call returns through all of its functions, and the thread ends behind the call.

// Begins a call from C. Calls may be nested, in callbacks. Gives what `cl_end_call` takes.
int cl_begin_call(void);
// Ends the call. Does not return if the thread was cancelled in it: nothing may be left to do in the frames above.
void cl_end_call(int state);
// Whether the thread was cancelled in its call from C: all of its deadlines have passed.
static inline bool cl_is_cancelled(void) { return cl_this_thread.is_cancelled; }
// `ppoll`. It does not wait if the thread was cancelled in its call from C, or any longer when it is: gives 0, as at the
// timeout.
int cl_ppoll_cancellable(struct pollfd *entries, nfds_t count, const struct timespec *timeout);
static inline int cl_ppoll(struct pollfd *entries, nfds_t count, const struct timespec *timeout) {
  return cl_this_thread.may_be_cancelled ? cl_ppoll_cancellable(entries, count, timeout)
                                         : ppoll(entries, count, timeout, NULL);
}
// Allows, and forbids again, that the thread is cancelled within the C library, as far as its program allows it.
void cl_begin_cancellable(void);
void cl_end_cancellable(void);

// The number of forks between the first process that used the library and this one: memory shared by copying belongs to
// the process whose count it carries.
extern uint32_t cl_forks;
static inline uint32_t cl_fork_count(void) { return __atomic_load_n(&cl_forks, __ATOMIC_RELAXED); }

// How far the peer lets this side send: what it has acknowledged, and its window; before Linux 5.4 the first alone. From what
// `TCP_INFO` gave, `count` bytes. `unit` is what the window is told in. False if it says neither.
bool cl_tcp_right_edge(const void *info, size_t count, uint64_t *edge, uint64_t *unit);

// Locks in one word (`ThreadMutex`): 0 if it is free; otherwise the number of the thread that holds it, and this bit if
// another may be waiting.
#define CL_LOCK_WAITERS (UINT32_C(1) << 31)
// Has `fork` take the lock before and give it back behind, in both processes. The word stays where it is until it is not
// shared any longer.
void cl_share_lock(const void *word);
void cl_unshare_lock(const void *word);
// Whether the thread that holds a lock does not exist: it was the parent's when this process was forked off.
bool cl_is_thread_gone(uint32_t number);

// What differs between processes, however they came to be: memory that carries another stamp has been copied by `fork`,
// `_Fork` or `clone`. 0: this process has none yet; who finds that sets one that no other process has.
extern uint64_t *cl_stamp;
static inline uint64_t cl_process_stamp(void) { return __atomic_load_n(cl_stamp, __ATOMIC_RELAXED); }
static inline void cl_set_process_stamp(uint64_t stamp) { __atomic_store_n(cl_stamp, stamp, __ATOMIC_RELAXED); }

// Waits while the word is as expected, until the moment on CLOCK_MONOTONIC (NULL: without end). Gives 0 or the error.
int cl_futex_wait(const void *word, uint32_t expected, const struct timespec *until);
void cl_futex_wake_one(const void *word);

// Variadic.
static inline int cl_ioctl(int descriptor, unsigned long request, void *argument) {
  return ioctl(descriptor, request, argument);
}

#endif
