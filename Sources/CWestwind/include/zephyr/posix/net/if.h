/* Linux's own, and Zephyr's names beside them. */
#ifndef WESTWIND_ZEPHYR_POSIX_NET_IF_H
#define WESTWIND_ZEPHYR_POSIX_NET_IF_H

#include <net/if.h>

#include <zephyr/net/net_ip.h>

#endif
