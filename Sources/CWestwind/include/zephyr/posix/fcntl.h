/* fcntl is zsock_fcntl. */
#ifndef WESTWIND_ZEPHYR_POSIX_FCNTL_H
#define WESTWIND_ZEPHYR_POSIX_FCNTL_H

#include <fcntl.h>

#include <zephyr/net/socket.h>
#include <zephyr/posix/names.h>

/* With large files it has another name already. */
#if defined(__USE_FILE_OFFSET64) || defined(WESTWIND_POSIX_IS_FORTIFIED)
#define fcntl(...) zsock_fcntl_wrapper(__VA_ARGS__)
#else
WESTWIND_POSIX_NAME(fcntl, westwind_fcntl);
#endif

#endif
