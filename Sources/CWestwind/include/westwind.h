/* Westwind for C: all of it. Link with libwestwind (`pkg-config --cflags --libs westwind`).
 *
 * The functions, structures and numbers are Zephyr's, for Linux. Where Westwind differs, the function's own comment says so
 * under "Unlike Zephyr".
 *
 * Every function may be called from any thread. None raises SIGPIPE, and none returns because of a signal.
 */
#ifndef WESTWIND_H
#define WESTWIND_H

#include <westwind/tls.h>
#include <westwind/version.h>
#include <zephyr/net/mqtt.h>
#include <zephyr/net/net_ip.h>
#include <zephyr/net/socket.h>
#include <zephyr/net/tls_credentials.h>
#include <zephyr/net/websocket.h>

#endif
