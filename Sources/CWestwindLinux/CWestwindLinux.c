#include "CWestwindLinux.h"

#include <linux/tcp.h>
#include <sched.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
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

bool cl_tcp_right_edge(const void *info, size_t count, uint64_t *edge, uint64_t *unit) {
  const struct tcp_info *const tcp = info;
  if (count < offsetof(struct tcp_info, tcpi_bytes_acked) + sizeof tcp->tcpi_bytes_acked) return false;
  *edge = tcp->tcpi_bytes_acked;
  *unit = UINT64_C(1) << tcp->tcpi_snd_wscale;
  if (count >= offsetof(struct tcp_info, tcpi_snd_wnd) + sizeof tcp->tcpi_snd_wnd) *edge += tcp->tcpi_snd_wnd;
  return true;
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

// The locks that all threads of the process share. `fork` takes them, so that the child finds what they protect whole, and
// nobody holding them who is not there.
struct shared_lock {
  uint32_t *word;
  bool is_taken;
  struct shared_lock *next;
};
static struct shared_lock *shared_locks;
static pthread_mutex_t shared_locks_lock = PTHREAD_MUTEX_INITIALIZER;

void cl_share_lock(const void *word) {
  struct shared_lock *const entry = malloc(sizeof *entry);
  if (!entry) return;
  entry->word = (uint32_t *)word;
  entry->is_taken = false;
  pthread_mutex_lock(&shared_locks_lock);
  entry->next = shared_locks;
  shared_locks = entry;
  pthread_mutex_unlock(&shared_locks_lock);
}

void cl_unshare_lock(const void *word) {
  pthread_mutex_lock(&shared_locks_lock);
  struct shared_lock **place = &shared_locks;
  while (*place && (*place)->word != word) place = &(*place)->next;
  struct shared_lock *const entry = *place;
  if (entry) *place = entry->next;
  pthread_mutex_unlock(&shared_locks_lock);
  free(entry);
}

static bool take_lock(struct shared_lock *entry) {
  uint32_t expected = 0;
  entry->is_taken = __atomic_compare_exchange_n(
      entry->word, &expected, (uint32_t)cl_thread_number(), false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
  // A signal's handler may fork while its thread has a lock. It is then this thread's in the child, too.
  return entry->is_taken || (expected & ~CL_LOCK_WAITERS) == (uint32_t)cl_thread_number();
}

static void give_locks(void) {
  for (struct shared_lock *entry = shared_locks; entry; entry = entry->next) {
    if (!entry->is_taken) continue;
    entry->is_taken = false;
    if (__atomic_exchange_n(entry->word, 0, __ATOMIC_SEQ_CST) & CL_LOCK_WAITERS) cl_futex_wake_one(entry->word);
  }
}

// Takes all of them, and waits for each a moment. Threads take them within each other in an order that this list does not
// know, and make new ones while they have others: then all are given back, and taken again.
//
// Not without end: a thread that has one may wait for what another handler of this `fork` has taken, such as an
// allocator's. The child then finds a lock whose holder is not there, and takes it over.
static void take_locks(void) {
  for (int round = 0; round < 200; round++) {
    pthread_mutex_lock(&shared_locks_lock);
    struct shared_lock *entry = shared_locks;
    for (int i = 0; entry && i < 1000;) {
      if (take_lock(entry)) {
        entry = entry->next;
      } else if (i++ > 10) {
        sched_yield();
      }
    }
    if (!entry) return;
    give_locks();
    pthread_mutex_unlock(&shared_locks_lock);
    usleep(10000);
  }
  pthread_mutex_lock(&shared_locks_lock);
}

static bool has_thread(uint32_t number) {
  char path[32];
  snprintf(path, sizeof path, "/proc/self/task/%u", (unsigned)number);
  return access(path, F_OK) == 0;
}

bool cl_is_thread_gone(uint32_t number) {
  // Only in a process that was forked off by `fork`: it has asked its threads for their numbers again.
  if (cl_fork_count() == 0) return false;
  const int error = errno;
  const bool is_gone = !has_thread(number) && has_thread((uint32_t)cl_thread_number());
  errno = error;
  return is_gone;
}

static void before_fork(void) {
  take_locks();
  pthread_mutex_lock(&wakes_lock);
}

static void after_fork_in_parent(void) {
  pthread_mutex_unlock(&wakes_lock);
  give_locks();
  pthread_mutex_unlock(&shared_locks_lock);
}

// --- stamps --------------------------------------------------------------------------------------------------------

static uint64_t static_stamp;
uint64_t *cl_stamp = &static_stamp;

// A page that the kernel empties in each child, however it was made: also behind `_Fork` and `clone`, which tell nobody.
static void begin_stamp(void) {
  const long size = sysconf(_SC_PAGESIZE);
  if (size <= 0) return;
  void *const page = mmap(NULL, (size_t)size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (page == MAP_FAILED) return;
  if (madvise(page, (size_t)size, MADV_WIPEONFORK) != 0) {
    // Linux before 4.14: `fork` alone is noticed.
    munmap(page, (size_t)size);
    return;
  }
  cl_stamp = page;
}

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
  __atomic_store_n(cl_stamp, 0, __ATOMIC_RELAXED);
  pthread_mutex_unlock(&wakes_lock);
  give_locks();
  pthread_mutex_unlock(&shared_locks_lock);
}

__attribute__((constructor)) static void begin(void) {
  for (size_t i = 0; i < sizeof own / sizeof *own; i++) push(&unused, &own[i]);
  has_key = pthread_key_create(&key, end_thread) == 0;
  begin_stamp();
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
