/* ioctl is zsock_ioctl. */
#ifndef WESTWIND_ZEPHYR_POSIX_SYS_IOCTL_H
#define WESTWIND_ZEPHYR_POSIX_SYS_IOCTL_H

#include <sys/ioctl.h>

#include <zephyr/net/socket.h>
#include <zephyr/posix/names.h>

WESTWIND_POSIX_NAME(ioctl, westwind_ioctl);

#endif
