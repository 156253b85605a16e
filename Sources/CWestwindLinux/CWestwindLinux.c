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

// Every wake descriptor of the process, so that a child that is forked off can close its copies. An eventfd that parent
// and child share would let one of them take the other's wake-ups.
static struct {
  pthread_mutex_t lock;
  int *descriptors;
  size_t count, room;
} wakes = {.lock = PTHREAD_MUTEX_INITIALIZER};

// Has a thread's descriptor closed when the thread ends.
static pthread_key_t key;
static bool has_key;

static bool list(int descriptor) {
  bool is_listed = true;
  pthread_mutex_lock(&wakes.lock);
  if (wakes.count == wakes.room) {
    const size_t room = wakes.room == 0 ? 16 : 2 * wakes.room;
    int *const grown = realloc(wakes.descriptors, room * sizeof *grown);
    is_listed = grown != NULL;
    if (is_listed) {
      wakes.descriptors = grown;
      wakes.room = room;
    }
  }
  if (is_listed) wakes.descriptors[wakes.count++] = descriptor;
  pthread_mutex_unlock(&wakes.lock);
  return is_listed;
}

static void unlist_and_close(int descriptor) {
  pthread_mutex_lock(&wakes.lock);
  for (size_t i = 0; i < wakes.count; i++) {
    if (wakes.descriptors[i] != descriptor) continue;
    wakes.descriptors[i] = wakes.descriptors[--wakes.count];
    close(descriptor);
    break;
  }
  pthread_mutex_unlock(&wakes.lock);
}

static void end_thread(void *wake) {
  cl_this_thread.wake = 0;
  unlist_and_close((int)(intptr_t)wake - 1);
}

int cl_make_wake_descriptor(void) {
  if (!has_key) return -1;
  const int descriptor = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (descriptor < 0) return -1;
  if (!list(descriptor)) {
    close(descriptor);
    return -1;
  }
  if (pthread_setspecific(key, (void *)(intptr_t)(descriptor + 1)) != 0) {
    unlist_and_close(descriptor);
    return -1;
  }
  cl_this_thread.wake = descriptor + 1;
  return descriptor;
}

void cl_abandon_wake_descriptor(void) {
  cl_this_thread.wake = 0;
  pthread_setspecific(key, NULL);
}

// --- fork ----------------------------------------------------------------------------------------------------------

uint32_t cl_forks;

static void before_fork(void) { pthread_mutex_lock(&wakes.lock); }

static void after_fork_in_parent(void) { pthread_mutex_unlock(&wakes.lock); }

// A child has the memory of the thread that forked, but another number, and none of the other threads.
static void after_fork_in_child(void) {
  cl_this_thread.number = 0;
  cl_this_thread.wake = 0;
  if (has_key) pthread_setspecific(key, NULL);
  for (size_t i = 0; i < wakes.count; i++) close(wakes.descriptors[i]);
  wakes.count = 0;
  __atomic_add_fetch(&cl_forks, 1, __ATOMIC_RELAXED);
  pthread_mutex_unlock(&wakes.lock);
}

__attribute__((constructor)) static void begin(void) {
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
int cl_ppoll(struct pollfd *entries, nfds_t count, const struct timespec *timeout) {
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
static int ppoll_cancellable(struct pollfd *entries, nfds_t count, const struct timespec *timeout) {
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

int cl_ppoll(struct pollfd *entries, nfds_t count, const struct timespec *timeout) {
  static const struct timespec zero = {0, 0};
  if (!cl_this_thread.may_be_cancelled) return ppoll(entries, count, timeout, NULL);
  if (!cl_this_thread.is_cancelled) {
    // A cancellation that is pending takes effect also where nothing would be waited for: that is not for a look.
    if (timeout && timeout->tv_sec == 0 && timeout->tv_nsec == 0) return ppoll(entries, count, timeout, NULL);
    return ppoll_cancellable(entries, count, timeout);
  }
  return ppoll(entries, count, &zero, NULL);
}

#endif
