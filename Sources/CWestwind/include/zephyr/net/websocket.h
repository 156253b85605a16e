/* WebSockets over sockets that the program owns.
 *
 * A WebSocket is an int like a socket: send and receive on it with the calls here, or with zsock_send and zsock_recv. Its
 * number is one of the kernel's and polls readable (poll, epoll, select) when there is something to receive, or when bytes
 * have come that a call has to look at. zsock_poll looks, and polls it for output too.
 *
 * Timeouts are milliseconds: 0 does not wait, SYS_FOREVER_MS (-1) waits without end, other negative numbers act as 0. One
 * deadline covers a whole call.
 */
#ifndef WESTWIND_ZEPHYR_NET_WEBSOCKET_H
#define WESTWIND_ZEPHYR_NET_WEBSOCKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <zephyr/net/http/client.h>
#include <zephyr/net/http/parser.h>
#include <zephyr/net/http/status.h>

#ifdef __cplusplus
extern "C" {
#endif

#ifndef SYS_FOREVER_MS
#define SYS_FOREVER_MS (-1)
#endif

/* The bits of message_type. */
#define WEBSOCKET_FLAG_FINAL 0x00000001
#define WEBSOCKET_FLAG_TEXT 0x00000002
#define WEBSOCKET_FLAG_BINARY 0x00000004
#define WEBSOCKET_FLAG_CLOSE 0x00000008
#define WEBSOCKET_FLAG_PING 0x00000010
#define WEBSOCKET_FLAG_PONG 0x00000020
/* Unlike Zephyr: the frame is not the first of its message. TEXT or BINARY is set too, as the message has it. */
#define WEBSOCKET_FLAG_CONTINUATION 0x00000040

/* A frame's kind on the wire (RFC 6455 5.2). */
enum websocket_opcode {
  WEBSOCKET_OPCODE_CONTINUE = 0x0,
  WEBSOCKET_OPCODE_DATA_TEXT = 0x1,
  WEBSOCKET_OPCODE_DATA_BINARY = 0x2,
  WEBSOCKET_OPCODE_CLOSE = 0x8,
  WEBSOCKET_OPCODE_PING = 0x9,
  WEBSOCKET_OPCODE_PONG = 0xA
};

/* Options of a WebSocket of its own, for zsock_setsockopt and zsock_getsockopt; all but WEBSOCKET_SUBPROTOCOL are an int. Zephyr
 * has none. Options of other levels go to the socket below. What has to be known before the handshake, such as compression, is
 * in struct westwind_options. */
#define SOL_WEBSOCKET 6455
/* The opcode of what zsock_send sends: WEBSOCKET_OPCODE_DATA_TEXT, as at the beginning, or _DATA_BINARY. */
#define WEBSOCKET_SEND_OPCODE 1
/* 1: PING is answered and not delivered, PONG is not delivered, CLOSE is answered and then delivered.
 * 0, as at the beginning and as in Zephyr: websocket_recv_msg delivers every control frame, and the program answers. What
 * zsock_recv passes over is answered with both. */
#define WEBSOCKET_AUTOMATIC 2
/* 1: as WEBSOCKET_AUTOMATIC; and websocket_send_msg refuses with -EINVAL a `mask` that RFC 6455 5.1 forbids: false from a
 * client, true from a server. 0, as at the beginning and as in Zephyr: neither. */
#define WEBSOCKET_STRICT 3
/* Milliseconds from one PING of the WebSocket's own to the next; 0: none. They leave from within the receiving calls, and the
 * descriptor polls readable when one is due. A PONG is awaited for as long as WEBSOCKET_PING_TIMEOUT says. Setting and getting
 * this option and the next two fails with EBUSY while another thread is in a receiving call. */
#define WEBSOCKET_PING_INTERVAL 4
/* Milliseconds that the PONG may take, 1 or more, before receiving fails with -ETIMEDOUT. EINVAL where the interval is 0: set
 * that first. */
#define WEBSOCKET_PING_TIMEOUT 5
/* The most bytes of a message that westwind_recv_message joins; for any receiving call, the most that a compressed message may
 * have. */
#define WEBSOCKET_MESSAGE_LIMIT 6
/* get: 1 if messages may be compressed (RFC 7692), 0 if not */
#define WEBSOCKET_COMPRESSED 7
/* get, text: the subprotocol that was agreed on, with NUL, cut to fit; of length 0 for none */
#define WEBSOCKET_SUBPROTOCOL 8

/* zsock_recvmsg tells of which frame its bytes are in a control message of this level and type. */
#define WEBSOCKET_MESSAGE_INFO 1
struct websocket_message_info {
  /* WEBSOCKET_FLAG_* */
  uint32_t type;
  /* Payload bytes of the frame that are still to be read. */
  uint64_t remaining;
};

/* Called once, when the handshake has succeeded, before websocket_connect returns. It may send and receive.
 *
 * ws_sock    the new WebSocket.
 * req        `internal.response` has the server's status. Valid during the call.
 * user_data  what websocket_connect was given.
 *
 * Returns 0 or more; a negative number refuses the connection: the WebSocket is freed, and websocket_connect returns it.
 */
typedef int (*websocket_connect_cb_t)(int ws_sock, struct http_request *req, void *user_data);

/* What websocket_connect asks for. All that it points to has to stay valid during the call; tmp_buf for as long as the
 * WebSocket. Clear it before filling it in. */
struct websocket_request {
  /* The value of the Host field, with the port where it is not the default of 80 or 443. */
  const char *host;
  /* Path and query. */
  const char *url;
  /* Writes more header lines itself; or NULL. Lines `Sec-WebSocket-Protocol` among them offer subprotocols. */
  http_header_cb_t optional_headers_cb;
  /* More header lines, each with its CR LF, and NULL behind the last; or NULL. Left aside where optional_headers_cb is set.
   * Lines `Sec-WebSocket-Protocol` offer subprotocols. The fields of the handshake itself are refused, and so are lines with
   * another CR, LF, or a control character in them, or that are not UTF-8. */
  const char **optional_headers;
  /* Called when the handshake has succeeded; or NULL. */
  websocket_connect_cb_t cb;
  /* Called with the response, also with one that refuses; or NULL. */
  const struct http_parser_settings *http_cb;
  /* Memory that the response and later the frames are received into: at least 64 bytes, since of less none is used. A frame
   * may be longer than it. It belongs to this WebSocket alone until that is freed. */
  uint8_t *tmp_buf;
  size_t tmp_buf_len;
};

/* Opens a WebSocket over a connected stream socket, as a client.
 *
 * http_sock  a connected TCP or TLS socket. It stays the program's: it has to stay open while the WebSocket is, and the
 *            program closes it afterwards. zsock_close or websocket_disconnect of the WebSocket leave it open.
 * req        what to ask for.
 * timeout    milliseconds for all of it.
 * user_data  handed to the callbacks.
 *
 * Unlike Zephyr, status, Upgrade, Connection, the whole Sec-WebSocket-Accept, subprotocol and extensions are checked.
 * Bytes behind the response are the first frames.
 *
 * Returns the WebSocket, 0 or more, to be freed with websocket_disconnect; or
 *   -EINVAL        http_sock is negative; req, host or url is NULL; a header, host or url that must not go into a request.
 *                  Nothing was sent.
 *   -EEXIST        a WebSocket is open over this socket already: disconnect that one
 *   -ENOENT        as many are open as WEBSOCKET_MAX_CONTEXTS allows
 *   -ECONNABORTED  the handshake failed: it could not be sent, the time was over, the peer closed, refused (http_cb knows
 *                  more), or answered wrongly; or tmp_buf is NULL. Close the socket.
 *   -ENOSPC        the process has no free descriptor
 *   -ENOTSUP       a library built without WEBSOCKET_CLIENT
 *   what cb returned, where it refused
 */
int websocket_connect(int http_sock, struct websocket_request *req, int32_t timeout, void *user_data);

/* Sends one frame. Any thread may call it: frames never mix.
 *
 * payload      the frame's payload; may be NULL where payload_len is 0. It is read during the call only, and never changed.
 * payload_len  its bytes.
 * opcode       TEXT or BINARY for a message or its first fragment, CONTINUE for the others, CLOSE, PING, PONG.
 * mask         whether to mask the frame: true for a client (RFC 6455 5.1). It is done as given.
 * final        the frame is the last of its message.
 * timeout      milliseconds.
 *
 * Returns payload_len, which may be 0; or
 *   -EINVAL        the opcode is none of the six, payload is NULL, or payload_len does not fit an int. Unlike Zephyr also
 *                  what no peer would take: a control frame that is not final or longer than 125 bytes, a fragment out of
 *                  its order, text that is not UTF-8, a frame behind CLOSE. Nothing was sent.
 *   -ETIMEDOUT     nothing of the frame could be sent in time: send it again
 *   -EAGAIN        the same with timeout 0, or another thread is sending. With 0 a frame that the socket takes only a part of
 *                  counts as sent: the rest is kept, and leaves with the next call or when the socket takes it.
 *   -ECONNABORTED  the time was over in the middle of the frame; the WebSocket is of no more use (-ENOTCONN from then on)
 *   -ENOTCONN      the connection has ended
 *   -EBADF         ws_sock is not open
 *   -ENOENT        it is open, but no WebSocket: the TCP socket was passed, say
 *   -ECONNRESET, -EPIPE and so on, from the socket
 */
int websocket_send_msg(int ws_sock, const uint8_t *payload, size_t payload_len, enum websocket_opcode opcode, bool mask,
                       bool final, int32_t timeout);

/* Receives payload of one frame; never of two. It returns when the frame is complete, when buf is full, or when the time is
 * over with something received. What is not received stays. Unlike Zephyr it delivers a control frame only when all of it is
 * there.
 *
 * buf, buf_len  where to put it.
 * message_type  set to the frame's WEBSOCKET_FLAG_*; may be NULL. Unlike Zephyr, on every return that is not negative, and
 *               fragments behind the first say what their message is.
 * remaining     set to the payload bytes of this frame that are still to be read; may be NULL. Also on every such return.
 * timeout       milliseconds.
 *
 * Returns the bytes received, 0 for an empty frame; or, with both numbers untouched,
 *   -EAGAIN      nothing came in time, and nothing is lost: call again
 *   -ENOTCONN    the stream has ended, or CLOSE came before: disconnect, and close the socket
 *   -EINVAL      buf is NULL, or buf_len is 0
 *   -EPROTO      the peer broke the protocol (Zephyr does not look); CLOSE was sent: disconnect, and close the socket
 *   -EBADF       ws_sock is not open
 *   -ENOENT      it is open, but no WebSocket
 *   -ECONNRESET and so on, from the socket
 *
 * CLOSE is delivered with its body: two bytes of code, the higher first, and the reason. Answer it with a CLOSE of the same
 * code, or have websocket_disconnect send an empty one.
 */
int websocket_recv_msg(int ws_sock, uint8_t *buf, size_t buf_len, uint32_t *message_type, uint64_t *remaining,
                       int32_t timeout);

/* Frees a WebSocket: sends CLOSE, if none was sent yet, and does not wait for the peer's. The socket below stays open, and is
 * the program's to close. Threads that wait in a call on the WebSocket get -ENOTCONN. It is the same as zsock_close. When it
 * has returned, nothing is written to tmp_buf any more.
 *
 * The number leaves the epoll sets that it is in. A thread that waits in epoll_wait and has not looked by then hears nothing:
 * call zsock_shutdown first if there is one.
 *
 * Returns 0; or -1 with errno
 *   ETIMEDOUT  CLOSE could not be sent at once (Zephyr would wait without end); the WebSocket is free all the same
 *   EBADF      ws_sock is not open
 *   ENOENT     it is open, but no WebSocket. It stays open; Zephyr would close it.
 */
int websocket_disconnect(int ws_sock);

/* Makes a socket a WebSocket in the server's role; the client's handshake has been answered.
 *
 * http_sock     the connected socket.
 * recv_buf      as tmp_buf of websocket_connect.
 * recv_buf_len  its bytes.
 *
 * Returns the WebSocket, 0 or more, to be freed with websocket_unregister; or
 *   -EINVAL   http_sock is negative, or recv_buf is NULL
 *   -EBADF    http_sock is not open
 *   -EEXIST   a WebSocket is open over this socket already
 *   -ENOENT   as many are open as WEBSOCKET_MAX_CONTEXTS allows
 *   -ENOSPC   the process has no free descriptor
 *   -ENOTSUP  a library built without WEBSOCKET_SERVER
 */
int websocket_register(int http_sock, uint8_t *recv_buf, size_t recv_buf_len);

/* Frees a WebSocket as websocket_disconnect does, and closes the socket below.
 *
 * Returns 0, also where CLOSE could not be sent; or
 *   -EINVAL    ws_sock is negative
 *   -ENOENT    it is no WebSocket. Nothing was closed.
 *   -EALREADY  another thread is freeing it
 */
int websocket_unregister(int ws_sock);

/* Zephyr's network calls this once, before programs run. There is nothing to do. */
static inline void websocket_init(void) {}

#ifdef __cplusplus
}
#endif

#endif
