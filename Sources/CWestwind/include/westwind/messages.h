/* What Zephyr's calls on an open WebSocket lack: peeking, whole messages, closing with a code, and a list of all. They take every
 * WebSocket, whichever call opened it. */
#ifndef WESTWIND_MESSAGES_H
#define WESTWIND_MESSAGES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#include <westwind/options.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Tells what the next websocket_recv_msg will deliver of, and takes nothing.
 *
 * message_type  set to the frame's WEBSOCKET_FLAG_*; may be NULL.
 * remaining     set to the payload bytes of the frame that are still to be read; may be NULL.
 * timeout       milliseconds; 0 does not wait; SYS_FOREVER_MS waits without end.
 *
 * Returns 0; or as websocket_recv_msg, with both numbers untouched.
 */
int westwind_peek_msg(int ws, uint32_t *message_type, uint64_t *remaining, int32_t timeout);

/* Receives a whole message, its fragments joined; or a control frame, if the WebSocket delivers it.
 *
 * buf, buf_len  where to put it. buf_len is the limit of this message, if it is less than the WebSocket's own.
 * message_type  set to WEBSOCKET_FLAG_FINAL and one of TEXT, BINARY, CLOSE, PING and PONG; may be NULL.
 * timeout       milliseconds. A call that runs out of time in the middle of a message keeps what it has for the next one.
 *
 * Returns the bytes of the message, 0 for an empty one; or
 *   -EMSGSIZE  the message is over the limit. CLOSE with 1009 was sent, and the connection is over: disconnect.
 *   -EAGAIN, -ENOTCONN, -EINVAL, -EPROTO, -ETIMEDOUT and so on as websocket_recv_msg
 */
int westwind_recv_message(int ws, uint8_t *buf, size_t buf_len, uint32_t *message_type, int32_t timeout);

/* How the peer ended a connection. */
struct westwind_close {
  /* The code in its CLOSE frame; 1005 if that had none; 1006 if no CLOSE came; 0 as long as the connection is open. */
  uint16_t code;
  /* The reason in its CLOSE frame, in UTF-8, with NUL; empty for none. */
  char reason[124];
};

/* Frees a WebSocket: sends CLOSE with a code and a reason, and waits for the peer's CLOSE. Sockets that the WebSocket owns are
 * closed; a socket of the program's stays open.
 *
 * code     why (RFC 6455 7.4); 0: CLOSE has no body.
 * reason   123 bytes of UTF-8 at most; needs a code. NULL: none.
 * timeout  milliseconds for sending and waiting, or WESTWIND_DEFAULT_TIMEOUT for WEBSOCKET_CLOSE_TIMEOUT_MS; 0 does not wait
 *          for the peer.
 * close    set to how the peer ended the connection; may be NULL.
 *
 * Returns 0; or
 *   -EINVAL     the code may not be sent, or the reason is too long, not UTF-8, or without a code. Nothing was done.
 *   -EBADF      ws is not open
 *   -ENOENT     it is open, but no WebSocket. It stays open.
 *   -ETIMEDOUT  CLOSE could not be sent in time; the WebSocket is free all the same
 */
int westwind_disconnect(int ws, uint16_t code, const char *reason, int32_t timeout, struct westwind_close *close);

/* Tells how the peer ended the connection, while the WebSocket is not freed yet.
 *
 * Returns 0; or -EINVAL (close is NULL), -EBADF, -ENOENT as westwind_disconnect.
 */
int westwind_close_status(int ws, struct westwind_close *close);

/* An open WebSocket of the process. The library makes it and shows it to a callback, during which it is valid. Later versions
 * may append members. */
struct westwind_context {
  int ws;
  /* The socket below. */
  int sock;
  bool is_server;
  /* The peer's CLOSE has come. */
  bool is_closing;
  /* The stream has ended or broken: the WebSocket waits to be freed. */
  bool has_failed;
  /* NULL: the socket has no address. */
  const struct sockaddr *local;
  socklen_t local_length;
  const struct sockaddr *peer;
  socklen_t peer_length;
  /* NULL: none. */
  const char *subprotocol;
  /* Frames of every kind, and payload bytes; of compressed messages those before compression. */
  uint64_t frames_sent;
  uint64_t frames_received;
  uint64_t bytes_sent;
  uint64_t bytes_received;
};

typedef void (*westwind_context_cb_t)(const struct westwind_context *context, void *user_data);

/* Shows every WebSocket of the process that was open when it began, by its number; as Zephyr's shell command `net websocket`.
 * The callback may make any call. It disturbs none of them.
 *
 * Returns how many there were; or -EINVAL: callback is NULL.
 */
int westwind_context_foreach(westwind_context_cb_t callback, void *user_data);

#ifdef __cplusplus
}
#endif

#endif
