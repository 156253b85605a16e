/* Linux's own, and Zephyr's names beside them. */
#ifndef WESTWIND_ZEPHYR_POSIX_ARPA_INET_H
#define WESTWIND_ZEPHYR_POSIX_ARPA_INET_H

#include <arpa/inet.h>

#include <zephyr/net/net_ip.h>

#endif
