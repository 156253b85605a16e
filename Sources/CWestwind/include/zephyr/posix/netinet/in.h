/* Linux's own, and Zephyr's names beside them. */
#ifndef WESTWIND_ZEPHYR_POSIX_NETINET_IN_H
#define WESTWIND_ZEPHYR_POSIX_NETINET_IN_H

#include <netinet/in.h>

#include <zephyr/net/net_ip.h>

#endif
