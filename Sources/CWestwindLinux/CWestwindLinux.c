#include "CWestwindLinux.h"

#include <setjmp.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

int cl_futex_wait(const void *word, uint32_t expected, const struct timespec *until) {
  const long result = syscall(
      SYS_futex, word, FUTEX_WAIT_BITSET | FUTEX_PRIVATE_FLAG, expected, until, NULL, FUTEX_BITSET_MATCH_ANY);
  return result == 0 ? 0 : errno;
}

void cl_futex_wake_one(const void *word) {
  syscall(SYS_futex, word, FUTEX_WAKE | FUTEX_PRIVATE_FLAG, 1, NULL, NULL, 0);
}

// --- threads -------------------------------------------------------------------------------------------------------

__thread struct cl_thread cl_this_thread;

int cl_read_thread_number(void) {
  cl_this_thread.number = (int)syscall(SYS_gettid);
  return cl_this_thread.number;
}

// --- wake descriptors ----------------------------------------------------------------------------------------------

// A thread's wake descriptor.
struct wake {
  int descriptor;
  struct wake *next, **place;
};

// All of the process, so that a child that is forked off can close its copies: an eventfd that parent and child share would
// let one of them take the other's wake-ups. No memory is asked for or freed under the lock, since an allocator may have
// handlers for `fork` of its own.
static struct wake *wakes;
static pthread_mutex_t wakes_lock = PTHREAD_MUTEX_INITIALIZER;
// Memory for so many threads is there, so that a thread's first wait asks for none; further ones ask for it.
static struct wake own[64];
static struct wake *unused;
// Memory of the process that this one was forked off from, to be freed.
static struct wake *orphans;

// Has a thread's descriptor closed when the thread ends.
static pthread_key_t key;
static bool has_key;

static bool is_own(const struct wake *wake) {
  return (uintptr_t)wake >= (uintptr_t)own && (uintptr_t)wake < (uintptr_t)own + sizeof own;
}

static void push(struct wake **list, struct wake *wake) {
  wake->next = *list;
  *list = wake;
}

static struct wake *pop(struct wake **list) {
  struct wake *const wake = *list;
  if (wake) *list = wake->next;
  return wake;
}

static struct wake *take(void) {
  pthread_mutex_lock(&wakes_lock);
  struct wake *const wake = pop(&unused);
  struct wake *rest = orphans;
  orphans = NULL;
  pthread_mutex_unlock(&wakes_lock);
  for (struct wake *orphan; (orphan = pop(&rest));) free(orphan);
  return wake ? wake : malloc(sizeof *wake);
}

static void give_back(struct wake *wake) {
  if (!is_own(wake)) {
    free(wake);
    return;
  }
  pthread_mutex_lock(&wakes_lock);
  push(&unused, wake);
  pthread_mutex_unlock(&wakes_lock);
}

static void end_thread(void *argument) {
  struct wake *const wake = argument;
  cl_this_thread.wake = 0;
  pthread_mutex_lock(&wakes_lock);
  *wake->place = wake->next;
  if (wake->next) wake->next->place = wake->place;
  pthread_mutex_unlock(&wakes_lock);
  close(wake->descriptor);
  give_back(wake);
}

int cl_make_wake_descriptor(void) {
  if (!has_key) return -1;
  struct wake *const wake = take();
  if (!wake) return -1;
  wake->descriptor = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (wake->descriptor < 0 || pthread_setspecific(key, wake) != 0) {
    if (wake->descriptor >= 0) close(wake->descriptor);
    give_back(wake);
    return -1;
  }
  pthread_mutex_lock(&wakes_lock);
  push(&wakes, wake);
  wake->place = &wakes;
  if (wake->next) wake->next->place = &wake->next;
  pthread_mutex_unlock(&wakes_lock);
  cl_this_thread.wake = wake->descriptor + 1;
  return wake->descriptor;
}

void cl_abandon_wake_descriptor(void) {
  cl_this_thread.wake = 0;
  pthread_setspecific(key, NULL);
}

// --- fork ----------------------------------------------------------------------------------------------------------

uint32_t cl_forks;

static void before_fork(void) { pthread_mutex_lock(&wakes_lock); }

static void after_fork_in_parent(void) { pthread_mutex_unlock(&wakes_lock); }

// A child has the memory of the thread that forked, but another number, and none of the other threads.
static void after_fork_in_child(void) {
  cl_this_thread.number = 0;
  cl_this_thread.wake = 0;
  if (has_key) pthread_setspecific(key, NULL);
  // The memory is freed later: the allocator may not be in order yet.
  for (struct wake *wake; (wake = pop(&wakes));) {
    close(wake->descriptor);
    push(is_own(wake) ? &unused : &orphans, wake);
  }
  __atomic_add_fetch(&cl_forks, 1, __ATOMIC_RELAXED);
  pthread_mutex_unlock(&wakes_lock);
}

__attribute__((constructor)) static void begin(void) {
  for (size_t i = 0; i < sizeof own / sizeof *own; i++) push(&unused, &own[i]);
  has_key = pthread_key_create(&key, end_thread) == 0;
  pthread_atfork(before_fork, after_fork_in_parent, after_fork_in_child);
}

// The library is unloaded (dlclose), or the process ends: a thread that ends later must not call into it. Descriptors stay
// open, since at the process's end threads may still wait with them.
__attribute__((destructor)) static void unload(void) {
  if (has_key) pthread_key_delete(key);
  has_key = false;
}

// --- cancellation --------------------------------------------------------------------------------------------------

#ifdef __ANDROID__  // has no cancellation

int cl_begin_call(void) { return 0; }
void cl_end_call(int state) { (void)state; }
void cl_begin_cancellable(void) {}
void cl_end_cancellable(void) {}
int cl_ppoll_cancellable(struct pollfd *entries, nfds_t count, const struct timespec *timeout) {
  return ppoll(entries, count, timeout, NULL);
}

#else

int cl_begin_call(void) {
  int state;
  pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &state);
  if (state == PTHREAD_CANCEL_ENABLE) cl_this_thread.may_be_cancelled = true;
  return state;
}

void cl_end_call(int state) {
  if (state != PTHREAD_CANCEL_ENABLE) return;
  cl_this_thread.may_be_cancelled = false;
  if (cl_this_thread.is_cancelled) pthread_exit(PTHREAD_CANCELED);
  pthread_setcancelstate(PTHREAD_CANCEL_ENABLE, NULL);
}

void cl_begin_cancellable(void) {
  if (cl_this_thread.may_be_cancelled) pthread_setcancelstate(PTHREAD_CANCEL_ENABLE, NULL);
}

void cl_end_cancellable(void) {
  if (cl_this_thread.may_be_cancelled) pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, NULL);
}

// A cleanup handler: the thread is being cancelled, and has unwound its stack to the frame below, no further. It goes back
// into that frame. Both glibc and musl let it run on from here: they note that the thread is ending, and do not cancel it
// again.
static void go_back(void *place) { longjmp(*(jmp_buf *)place, 1); }

// In a function of its own: what is changed between `setjmp` and `longjmp` has to be volatile.
static int wait_cancellable(struct pollfd *entries, nfds_t count, const struct timespec *timeout) {
  jmp_buf place;
  volatile int result = 0;
  volatile int error = 0;
  pthread_cleanup_push(go_back, &place);
  if (_setjmp(place) == 0) {
    pthread_setcancelstate(PTHREAD_CANCEL_ENABLE, NULL);
    result = ppoll(entries, count, timeout, NULL);
    error = errno;
  } else {
    cl_this_thread.is_cancelled = true;
  }
  pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, NULL);
  pthread_cleanup_pop(0);
  errno = error;
  return result;
}

int cl_ppoll_cancellable(struct pollfd *entries, nfds_t count, const struct timespec *timeout) {
  static const struct timespec zero = {0, 0};
  if (!cl_this_thread.is_cancelled) {
    // A pending cancellation takes effect even if nothing has to be waited for, and a mere look is no wait.
    if (timeout && timeout->tv_sec == 0 && timeout->tv_nsec == 0) return ppoll(entries, count, timeout, NULL);
    return wait_cancellable(entries, count, timeout);
  }
  return ppoll(entries, count, &zero, NULL);
}

#endif
