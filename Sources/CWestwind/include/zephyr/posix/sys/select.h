/* select is zsock_select. */
#ifndef WESTWIND_ZEPHYR_POSIX_SYS_SELECT_H
#define WESTWIND_ZEPHYR_POSIX_SYS_SELECT_H

#include <sys/select.h>

#include <zephyr/net/socket_select.h>
#include <zephyr/posix/names.h>

WESTWIND_POSIX_NAME(select, zsock_select);

#endif
