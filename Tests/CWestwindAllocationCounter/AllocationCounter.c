#include "AllocationCounter.h"

#include <stddef.h>

// In an executable a thread's variable is reached without a call, so it is safe within malloc.
static _Thread_local long count;

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SANITIZED 1
#endif
#endif

#ifdef SANITIZED

// The sanitizers have put themselves in malloc's place already, and call whoever asks them to.
int __sanitizer_install_malloc_and_free_hooks(void (*)(const volatile void *, size_t), void (*)(const volatile void *));

static void noteAllocation(const volatile void *block, size_t size) {
  (void)block, (void)size;
  count++;
}
static void noteFree(const volatile void *block) { (void)block; }

__attribute__((constructor)) static void install(void) {
  __sanitizer_install_malloc_and_free_hooks(noteAllocation, noteFree);
}

#else

// An executable's functions come before those of the C library, which keeps its own under other names.
#include <errno.h>

void *__libc_malloc(size_t);
void *__libc_calloc(size_t, size_t);
void *__libc_realloc(void *, size_t);
void *__libc_memalign(size_t, size_t);

void *malloc(size_t size) {
  count++;
  return __libc_malloc(size);
}

void *calloc(size_t items, size_t size) {
  count++;
  return __libc_calloc(items, size);
}

void *realloc(void *block, size_t size) {
  count++;
  return __libc_realloc(block, size);
}

void *memalign(size_t alignment, size_t size) {
  count++;
  return __libc_memalign(alignment, size);
}

void *aligned_alloc(size_t alignment, size_t size) { return memalign(alignment, size); }

int posix_memalign(void **block, size_t alignment, size_t size) {
  if (alignment % sizeof(void *) != 0 || (alignment & (alignment - 1)) != 0) return EINVAL;
  void *memory = memalign(alignment, size);
  if (memory == NULL) return ENOMEM;
  *block = memory;
  return 0;
}

#endif

long allocation_count(void) { return count; }
