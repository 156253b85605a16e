/* What every test program begins with. A check that fails says where, and ends the program with status 1. */
#ifndef CHECK_H
#define CHECK_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static inline void fail(const char *file, int line, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  fprintf(stderr, "%s:%d: ", file, line);
  vfprintf(stderr, format, arguments);
  fputc('\n', stderr);
  va_end(arguments);
  exit(1);
}

#define CHECK(condition) \
  do { \
    if (!(condition)) fail(__FILE__, __LINE__, "not so: %s (errno %d)", #condition, errno); \
  } while (0)

/* The number that a call returns, and the one that it should. */
#define CHECK_IS(call, wanted) \
  do { \
    long long check_got = (long long)(call), check_wanted = (long long)(wanted); \
    if (check_got != check_wanted) \
      fail(__FILE__, __LINE__, "%s is %lld, not %s, which is %lld (errno %d)", #call, check_got, #wanted, check_wanted, errno); \
  } while (0)

/* A socket call that fails with this errno. */
#define CHECK_FAILS(call, code) \
  do { \
    errno = 0; \
    long long check_got = (long long)(call); \
    if (check_got != -1 || errno != (code)) \
      fail(__FILE__, __LINE__, "%s is %lld with errno %d, not -1 with %s", #call, check_got, errno, #code); \
  } while (0)

#endif
