/* Linux's own, and Zephyr's names beside them. */
#ifndef WESTWIND_ZEPHYR_POSIX_NETINET_TCP_H
#define WESTWIND_ZEPHYR_POSIX_NETINET_TCP_H

#include <netinet/tcp.h>

#include <zephyr/net/net_ip.h>

#endif
