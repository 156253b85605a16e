/* Opening a WebSocket as a client: by URL, or over a socket of the program's with every option. */
#ifndef WESTWIND_CONNECT_H
#define WESTWIND_CONNECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <westwind/error.h>
#include <westwind/options.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A header field. Both strings end with NUL. */
struct westwind_field {
  const char *name;
  const char *value;
};

/* What the server answered. The library makes it and shows it to a callback, during which it is valid. Later versions may
 * append members. */
struct westwind_response {
  /* 101 if the server agreed. */
  int status;
  /* The words behind the status; may be empty. */
  const char *reason;
  const struct westwind_field *fields;
  size_t field_count;
  /* The beginning of the body of a response that refuses; empty with status 101. A NUL is behind it. */
  const uint8_t *body;
  size_t body_length;
  /* What the server chose; NULL for none. */
  const char *subprotocol;
  /* Messages may be compressed. */
  bool is_compressed;
};

/* Called with every response whose head could be read: also with one that refuses or redirects.
 *
 * user_data  as in the options.
 */
typedef void (*westwind_response_cb_t)(const struct westwind_response *response, void *user_data);

/* Called once, when the handshake has succeeded, before the call returns. It may send and receive, and must not free the WebSocket:
 * to end it, it refuses the connection.
 *
 * Returns 0 or more; a negative number refuses the connection: the WebSocket is freed, and the call returns the number.
 */
typedef int (*westwind_connect_cb_t)(int ws, const struct westwind_response *response, void *user_data);

/* What to ask for, and how to get there. Initialize it with westwind_connect_options_init. */
struct westwind_connect_options {
  size_t size;
  /* How the WebSocket behaves. NULL: the defaults. */
  const struct westwind_options *websocket;
  /* More header lines, each "Name: value" with or without CR LF, and NULL behind the last. NULL: none. Lines
   * `Sec-WebSocket-Protocol` offer subprotocols. The fields of the handshake itself are refused, and so are lines with another
   * CR, LF or a control character in them, or that are not UTF-8. */
  const char *const *headers;
  /* The subprotocols to offer, preferred first, and NULL behind the last. NULL: none. */
  const char *const *subprotocols;
  /* The value of Origin. NULL: no such field. */
  const char *origin;

  /* The rest down to attempt_delay is for westwind_connect_url; westwind_connect refuses it with -EINVAL. */

  /* How many redirects are followed: 1 to 5. A redirect never leads from wss to ws, and another server gets neither `headers`
   * (but for the subprotocols), nor the user of the URL, nor this side's certificate. -1: none. 0: WEBSOCKET_MAX_REDIRECTS. */
  int max_redirects;
  /* http://, https://, socks5:// or socks5h://, with `user:password@` if the proxy wants one. "": no proxy. NULL: as the
   * environment says (http_proxy, no_proxy and so on, as curl reads them), unless WEBSOCKET_PROXY_FROM_ENVIRONMENT is off. */
  const char *proxy;
  /* The path of a socket in the file system to connect to, in place of the URL's host and port. Not together with a
   * proxy's URL. NULL: none. */
  const char *unix_path;
  /* TLS with the server, if the URL says wss, and with a proxy, if its URL says https. NULL: the defaults. */
  const struct westwind_tls_options *tls;
  const struct westwind_tls_options *proxy_tls;
  /* Milliseconds that an address has for itself before the next is tried beside it (RFC 8305 5).
   * 0: WEBSOCKET_CONNECT_ATTEMPT_DELAY_MS. */
  int32_t attempt_delay;

  /* Both may be NULL. */
  westwind_response_cb_t on_response;
  westwind_connect_cb_t on_connect;
  /* Handed to the callbacks. */
  void *user_data;
};

static inline void westwind_connect_options_init(struct westwind_connect_options *options) {
  memset(options, 0, sizeof *options);
  options->size = sizeof *options;
}

/* Opens a WebSocket by URL: looks up the name, connects, goes through a proxy, does TLS, and shakes hands, following redirects
 * if asked to.
 *
 * url      ws://, wss:// or ws+unix:///path-of-a-socket:/path-of-the-request; a `user:password@` in it is sent as Basic
 *          authorization.
 * options  NULL: the defaults.
 * timeout  milliseconds for all of it, or WESTWIND_DEFAULT_TIMEOUT for WEBSOCKET_CONNECT_TIMEOUT_MS; SYS_FOREVER_MS waits
 *          without end.
 * error    filled in, on success too; or NULL.
 *
 * The WebSocket owns the sockets below it. westwind_disconnect, websocket_disconnect, websocket_unregister and zsock_close of
 * the WebSocket close them: call one of these, once, and nothing else. If the call fails, nothing is left open.
 *
 * Returns the WebSocket, 0 or more; or
 *   -EINVAL        url is NULL or cannot be used; an option cannot be used. No request was sent.
 *   -E2BIG         an option is set that this library does not know
 *   -ETIMEDOUT     the time was over; error->phase says where
 *   -EHOSTUNREACH  the name has no address
 *   -ECONNREFUSED, -ENETUNREACH and so on: no address could be connected to; the errno is that of the first
 *   -ECONNABORTED  the certificate was refused (error->certificate says why), the proxy or the server refused (error->status),
 *                  a redirect was not followed, or the server answered wrongly
 *   -EPROTO        TLS failed otherwise
 *   -ECONNRESET, -EPIPE and so on: the connection was lost
 *   -ENOENT        as many WebSockets are open as max_contexts allows
 *   -EMFILE, -ENFILE  there is no free descriptor
 *   -ENOTSUP       a library built without WEBSOCKET_CLIENT, or without what an option asks for
 *   what on_connect returned, if it refused
 */
int westwind_connect_url(const char *url, const struct westwind_connect_options *options, int32_t timeout,
                         struct westwind_error *error);

/* Opens a WebSocket over a connected stream socket, as websocket_connect does, with the options that Zephyr has not.
 *
 * sock     a connected TCP or TLS socket. It stays the program's: it has to stay open while the WebSocket is, and the program
 *          closes it afterwards.
 * host     the value of the Host field, with the port if it is not the default of 80 or 443.
 * target   path and query.
 * options  as for westwind_connect_url.
 * timeout  milliseconds for all of it, or WESTWIND_DEFAULT_TIMEOUT for WEBSOCKET_HANDSHAKE_TIMEOUT_MS; SYS_FOREVER_MS waits
 *          without end.
 * error    filled in, on success too; or NULL.
 *
 * Returns the WebSocket, 0 or more, to be freed with westwind_disconnect or websocket_disconnect; or as westwind_connect_url,
 * and
 *   -EBADF   sock is not open
 *   -EEXIST  a WebSocket is open over this socket already: disconnect that one
 * Unless it is one of -EINVAL, -E2BIG, -EBADF, -EEXIST, -ENOENT and -ENOTSUP, bytes may have been sent: close the socket.
 */
int westwind_connect(int sock, const char *host, const char *target, const struct westwind_connect_options *options,
                     int32_t timeout, struct westwind_error *error);

/* Copies the URL that answered: after a redirect another than the one asked for. User and password are left out.
 *
 * ws          a WebSocket that westwind_connect_url opened.
 * text, size  where to put it, and how many bytes there are; a text that does not fit is cut, and always ends with NUL. text
 *             may be NULL if size is 0.
 *
 * Returns the length of the whole URL in bytes, without the NUL; or
 *   -EINVAL  text is NULL although size is not 0
 *   -EBADF   ws is not open
 *   -ENOENT  it is open, but not a WebSocket that was opened by URL
 */
int westwind_url(int ws, char *text, size_t size);

#ifdef __cplusplus
}
#endif

#endif
