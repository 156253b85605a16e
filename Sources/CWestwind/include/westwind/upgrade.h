/* Opening a WebSocket as a server: reading the client's request on an accepted socket, and answering it. */
#ifndef WESTWIND_UPGRADE_H
#define WESTWIND_UPGRADE_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

#include <westwind/connect.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What a client asks for. The library makes it and shows it to a callback, during which it is valid. Later versions may append
 * members. */
struct westwind_request {
  /* Path and query as the client wrote them. There is no white space and no control character in it. */
  const char *target;
  /* The path in it, percent-encoded as it came. To compare it with what is let in is safe; with what is not let in it is not:
   * `/%63hat` and `/x/../chat` are other texts. */
  const char *path;
  /* Where the page comes from whose script opens the connection; NULL if the client is no browser. A browser opens a WebSocket
   * for the page of any site, and sends this server's cookies along: a server that goes by cookies has to look at this
   * (RFC 6455 10.2). */
  const char *origin;
  /* All fields, in the order of the request. */
  const struct westwind_field *fields;
  size_t field_count;
  /* The subprotocols that the client offers, preferred first. */
  const char *const *subprotocols;
  size_t subprotocol_count;
  /* The socket that the request came on. */
  int sock;
};

/* Returns the value of a field of the request by its name in any case; of several with this name, the first. NULL if there is
 * none. */
static inline const char *westwind_request_field(const struct westwind_request *request, const char *name) {
  for (size_t i = 0; i < request->field_count; i++)
    if (strcasecmp(request->fields[i].name, name) == 0) return request->fields[i].value;
  return NULL;
}

/* The HTTP response for a client that is refused; valid during the callback. */
struct westwind_refusal;

/* Adds a field to the response. Connection, Content-Length and Transfer-Encoding are the library's own.
 *
 * name, value  strings, which are copied.
 *
 * Returns 0; or -EINVAL: one of the three, a pointer is NULL, a name that is none, or a value with CR, LF, NUL or a control
 * character in it, or that is not UTF-8.
 */
int westwind_refusal_add_field(struct westwind_refusal *refusal, const char *name, const char *value);

/* Sets the body of the response: text for people. Without a field Content-Type it is text/plain in UTF-8.
 *
 * text  a string in UTF-8, which is copied.
 *
 * Returns 0; or -EINVAL: a pointer is NULL, or the text is not UTF-8.
 */
int westwind_refusal_set_body(struct westwind_refusal *refusal, const char *text);

/* Judges a request that is right as such, before it is answered.
 *
 * request    what the client asks for.
 * refusal    what else to say to a client that is refused. It is of no effect if the client is let in.
 * user_data  as in the options.
 *
 * Returns 0 to let the client in, or the HTTP status to refuse it with, 300 to 599; any other number is sent as 500.
 */
typedef int (*westwind_request_cb_t)(const struct westwind_request *request, struct westwind_refusal *refusal,
                                     void *user_data);

/* What a server offers, and whom it lets in. Initialize it with westwind_upgrade_options_init. */
struct westwind_upgrade_options {
  size_t size;
  /* How the WebSocket behaves; with `compression` a client's offer is taken. NULL: the defaults. */
  const struct westwind_options *websocket;
  /* The subprotocols that the server speaks, preferred first, and NULL behind the last: the first that the client offers is
   * chosen, and none if it offers none of them. NULL: none. */
  const char *const *subprotocols;
  /* NULL: everybody is let in, the pages of every site in a browser too. */
  westwind_request_cb_t on_request;
  /* Handed to the callback. */
  void *user_data;
};

static inline void westwind_upgrade_options_init(struct westwind_upgrade_options *options) {
  memset(options, 0, sizeof *options);
  options->size = sizeof *options;
}

/* Reads a client's request on a socket, answers it, and makes the socket a WebSocket (RFC 6455 4.2). A request that is not one
 * for a WebSocket is answered with its status (400, 426 and so on), and one that on_request refuses with the status it
 * returned. Bytes behind the request are the first frames.
 *
 * sock     the socket, just accepted, over TCP or TLS. It stays the program's to close, unless websocket_unregister of the
 *          WebSocket closes it.
 * options  NULL: the defaults.
 * timeout  milliseconds for all of it, on_request included, or WESTWIND_DEFAULT_TIMEOUT for WEBSOCKET_HANDSHAKE_TIMEOUT_MS;
 *          SYS_FOREVER_MS waits without end.
 * error    filled in, on success too; or NULL.
 *
 * Returns the WebSocket, 0 or more, to be freed with websocket_unregister, which closes the socket too, or with
 * westwind_disconnect or websocket_disconnect, which do not; or
 *   -EINVAL        an option cannot be used. Nothing was read.
 *   -E2BIG         an option is set that this library does not know
 *   -EBADF         sock is not open
 *   -EEXIST        a WebSocket is open over this socket already
 *   -ENOENT        as many WebSockets are open as max_contexts allows
 *   -ETIMEDOUT     the request, or the answer, was not through in time
 *   -ECONNABORTED  the client was refused: error->status is what it was answered; or it closed in the middle of its request
 *   -ECONNRESET, -EPIPE and so on: the connection was lost
 *   -EMFILE, -ENFILE  there is no free descriptor
 *   -ENOTSUP       a library built without WEBSOCKET_SERVER, or without what an option asks for
 * Close the socket then.
 */
int westwind_upgrade(int sock, const struct westwind_upgrade_options *options, int32_t timeout, struct westwind_error *error);

#ifdef __cplusplus
}
#endif

#endif
