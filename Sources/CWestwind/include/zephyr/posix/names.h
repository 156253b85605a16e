/* How the headers beside this one give the C library's functions to the calls of <zephyr/net/socket.h>. */
#ifndef WESTWIND_ZEPHYR_POSIX_NAMES_H
#define WESTWIND_ZEPHYR_POSIX_NAMES_H

#include <features.h>

/* The C library's function `name` is `call` from here on. The name stays a function's, and no macro: a member or a variable may
 * have it, and its address is the call's.
 *
 * With _FORTIFY_SOURCE the C library defines some of its functions in its headers; those become macros (object-like ones, so
 * that a pointer to one is the call, too), and a member of that name has to be declared behind the header. */
#ifdef __cplusplus
#define WESTWIND_POSIX_NAME(name, call) extern "C" __typeof__(name) name __asm__(#call)
#else
#define WESTWIND_POSIX_NAME(name, call) extern __typeof__(name) name __asm__(#call)
#endif

#if defined(__USE_FORTIFY_LEVEL) && __USE_FORTIFY_LEVEL > 0
#define WESTWIND_POSIX_IS_FORTIFIED 1
#endif

#endif
