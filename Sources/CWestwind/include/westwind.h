/* Westwind for C: all of it. Link with libwestwind (`pkg-config --cflags --libs westwind`).
 *
 * The functions, structures and numbers in <zephyr/...> are Zephyr's, for Linux. Where Westwind differs, the function's own
 * comment says so under "Unlike Zephyr". What Zephyr has no call for is in <westwind/...>, and begins with westwind_: connecting
 * by URL, compression, keep alive, the server's half of the handshake, whole messages, and the text of an error.
 *
 * Every function may be called from any thread. None raises SIGPIPE, and none returns because of a signal.
 */
#ifndef WESTWIND_H
#define WESTWIND_H

#include <westwind/connect.h>
#include <westwind/error.h>
#include <westwind/messages.h>
#include <westwind/options.h>
#include <westwind/tls.h>
#include <westwind/upgrade.h>
#include <westwind/version.h>
#include <zephyr/net/mqtt.h>
#include <zephyr/net/net_ip.h>
#include <zephyr/net/socket.h>
#include <zephyr/net/tls_credentials.h>
#include <zephyr/net/websocket.h>

#endif
