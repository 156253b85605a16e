/* The part of Zephyr's kernel that its network programs use, on POSIX threads. */
#pragma once
#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <zephyr/random/random.h>
#include <zephyr/sys/printk.h>
#include <zephyr/sys/util.h>

/* A time to wait: milliseconds, -1 without end. */
typedef struct { int64_t ms; } k_timeout_t;
#define K_MSEC(time) ((k_timeout_t){(time)})
#define K_SECONDS(time) K_MSEC((int64_t)(time) * 1000)
#define K_NO_WAIT K_MSEC(0)
#define K_FOREVER K_MSEC(-1)
#define MSEC_PER_SEC 1000

static inline int64_t k_uptime_get(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * INT64_C(1000) + now.tv_nsec / 1000000;
}
static inline uint32_t k_uptime_get_32(void) { return (uint32_t)k_uptime_get(); }
static inline int32_t k_msleep(int32_t ms) {
  struct timespec time = {ms / 1000, ms % 1000 * 1000000L};
  while (nanosleep(&time, &time) != 0 && errno == EINTR) {}
  return 0;
}
static inline int32_t k_sleep(k_timeout_t timeout) {
  do k_msleep(timeout.ms < 0 || timeout.ms > INT_MAX ? INT_MAX : (int32_t)timeout.ms);
  while (timeout.ms < 0);
  return 0;
}

/* The moment at which a wait that begins now is over. */
static inline struct timespec shim_deadline(k_timeout_t timeout) {
  struct timespec end;
  clock_gettime(CLOCK_REALTIME, &end);
  end.tv_sec += timeout.ms / 1000;
  end.tv_nsec += timeout.ms % 1000 * 1000000;
  if (end.tv_nsec >= 1000000000) end.tv_sec++, end.tv_nsec -= 1000000000;
  return end;
}

/* Threads. Stacks are the system's; priorities, options and delays count for nothing. */
typedef void (*k_thread_entry_t)(void *, void *, void *);
struct k_thread {
  pthread_t thread;
  k_thread_entry_t entry;
  void *arguments[3];
};
typedef struct k_thread *k_tid_t;
typedef char k_thread_stack_t;
#define K_THREAD_STACK_DEFINE(name, size) k_thread_stack_t name[1] __attribute__((unused))
#define K_THREAD_STACK_ARRAY_DEFINE(name, count, size) k_thread_stack_t name[count][1] __attribute__((unused))
#define K_THREAD_STACK_SIZEOF(name) sizeof(name)
#define K_PRIO_PREEMPT(priority) (priority)
#define K_PRIO_COOP(priority) (-(priority))
#define K_USER 0
static inline void *shim_thread(void *argument) {
  struct k_thread *thread = (struct k_thread *)argument;
  thread->entry(thread->arguments[0], thread->arguments[1], thread->arguments[2]);
  return NULL;
}
static inline k_tid_t k_thread_create(struct k_thread *thread, k_thread_stack_t *stack, size_t size, k_thread_entry_t entry,
                                      void *first, void *second, void *third, int priority, uint32_t options,
                                      k_timeout_t delay) {
  (void)stack, (void)size, (void)priority, (void)options, (void)delay;
  *thread = (struct k_thread){.entry = entry, .arguments = {first, second, third}};
  return pthread_create(&thread->thread, NULL, shim_thread, thread) == 0 ? thread : NULL;
}
static inline int k_thread_join(struct k_thread *thread, k_timeout_t timeout) {
  struct timespec end = shim_deadline(timeout);
  int error = timeout.ms < 0 ? pthread_join(thread->thread, NULL) : pthread_timedjoin_np(thread->thread, NULL, &end);
  return error == ETIMEDOUT ? -EAGAIN : -error;
}

/* A thread that starts before main, with the program's other constructors. */
#define K_THREAD_DEFINE(name, size, entry, first, second, third, priority, options, delay) \
  static struct k_thread shim_##name; \
  static const k_tid_t name = &shim_##name; \
  __attribute__((constructor)) static void shim_start_##name(void) { \
    k_thread_create(name, NULL, 0, (k_thread_entry_t)(void (*)(void))entry, first, second, third, 0, 0, K_NO_WAIT); \
  } \
  struct shim_end_##name

/* Mutexes, which who has one may lock again. */
struct k_mutex { pthread_mutex_t mutex; };
#define K_MUTEX_DEFINE(name) struct k_mutex name = {PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP}
static inline int k_mutex_init(struct k_mutex *mutex) {
  *mutex = (struct k_mutex){PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP};
  return 0;
}
static inline int k_mutex_lock(struct k_mutex *mutex, k_timeout_t timeout) {
  struct timespec end = shim_deadline(timeout);
  int error = timeout.ms < 0 ? pthread_mutex_lock(&mutex->mutex) : pthread_mutex_timedlock(&mutex->mutex, &end);
  return error == 0 ? 0 : timeout.ms == 0 ? -EBUSY : -EAGAIN;
}
static inline int k_mutex_unlock(struct k_mutex *mutex) { return -pthread_mutex_unlock(&mutex->mutex); }

/* Semaphores. */
struct k_sem {
  pthread_mutex_t mutex;
  pthread_cond_t given;
  unsigned count, limit;
};
#define K_SEM_DEFINE(name, initial, most) \
  struct k_sem name = {PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, initial, most}
static inline int k_sem_init(struct k_sem *sem, unsigned initial, unsigned limit) {
  *sem = (struct k_sem){PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, initial, limit};
  return 0;
}
static inline void k_sem_give(struct k_sem *sem) {
  pthread_mutex_lock(&sem->mutex);
  if (sem->count < sem->limit) sem->count++;
  pthread_cond_signal(&sem->given);
  pthread_mutex_unlock(&sem->mutex);
}
static inline int k_sem_take(struct k_sem *sem, k_timeout_t timeout) {
  struct timespec end = shim_deadline(timeout);
  int error = 0;
  pthread_mutex_lock(&sem->mutex);
  while (sem->count == 0 && error == 0)
    error = timeout.ms < 0 ? pthread_cond_wait(&sem->given, &sem->mutex) : pthread_cond_timedwait(&sem->given, &sem->mutex, &end);
  if (sem->count > 0) sem->count--, error = 0;
  pthread_mutex_unlock(&sem->mutex);
  return error == 0 ? 0 : timeout.ms == 0 ? -EBUSY : -EAGAIN;
}
