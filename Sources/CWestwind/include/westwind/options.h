/* Options of WebSockets and of TLS, as structures.
 *
 * Every structure begins with its size, so that later versions of the library can append members. Initialize a structure with
 * its westwind_..._init function, which sets the size and clears the rest, and then set what you need: 0, NULL and false
 * always mean the default, which is safe. A program that was built with an older header gets the defaults of what it does not
 * know. A program that was built with a newer header runs with this library if it sets nothing that this library does not
 * know; otherwise the call fails with -E2BIG.
 *
 * The library reads a structure, and all that it points to, during the call only, unless a member says otherwise.
 */
#ifndef WESTWIND_OPTIONS_H
#define WESTWIND_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <zephyr/net/tls_credentials.h>
#include <zephyr/net/websocket.h>

#ifdef __cplusplus
extern "C" {
#endif

/* As `timeout` of the calls that open and close: what Kconfig says. Other numbers are as in <zephyr/net/websocket.h>. */
#define WESTWIND_DEFAULT_TIMEOUT (-2)

/* Compression of messages: permessage-deflate (RFC 7692). A client offers it, a server takes the offer.
 * Numbers outside of their range are refused with -EINVAL. */
struct westwind_compression {
  size_t size;
  /* The server, or the client, compresses each message by itself (RFC 7692 7.1.1): similar messages then shrink much less,
   * and the peer keeps no window between messages. A client that asks it of the server refuses one that does not agree. */
  bool server_no_context_takeover;
  bool client_no_context_takeover;
  /* A client does not tell the server that it may ask for a smaller window (RFC 7692 7.1.2.2). Of use with a server that
   * declines an offer with this parameter. */
  bool no_client_max_window_bits;
  /* The window of each side as a power of two, 8 to 15 (256 bytes to 32 KiB). Smaller takes less memory and compresses
   * worse. 0: WEBSOCKET_DEFLATE_WINDOW_BITS. */
  int server_max_window_bits;
  int client_max_window_bits;
  /* How hard to look for repetitions: 1 (fastest) to 9 (smallest). 0: WEBSOCKET_DEFLATE_LEVEL. */
  int level;
  /* The compressor takes 2^(memory_level + 9) bytes beside its window: 1 to 9. 0: WEBSOCKET_DEFLATE_MEMORY_LEVEL. */
  int memory_level;
  /* Messages of fewer bytes are sent as they are. 1: all are compressed. 0: WEBSOCKET_DEFLATE_MINIMUM_SIZE. */
  int minimum_size;
};

/* How a WebSocket behaves, in either role. Unlike those of websocket_connect and websocket_register, such a WebSocket answers
 * PING and CLOSE by itself and holds `mask` to the role, unless an option says otherwise. */
struct westwind_options {
  size_t size;
  /* Zephyr's way: PING, PONG and CLOSE are delivered, and the program answers. Otherwise PING is answered and not delivered,
   * PONG is not delivered, and CLOSE is answered and then delivered. See WEBSOCKET_AUTOMATIC. */
  bool manual_control_frames;
  /* Zephyr's way: websocket_send_msg takes any `mask`. Otherwise it refuses, with -EINVAL, false from a client and true from
   * a server (RFC 6455 5.1). */
  bool any_mask;
  /* zsock_send sends BINARY and not TEXT. See WEBSOCKET_SEND_OPCODE. */
  bool sends_binary;
  /* Milliseconds from one PING of the WebSocket's own to the next. They leave from within the receiving calls, and the
   * descriptor polls readable when one is due. -1: none. 0: WEBSOCKET_PING_INTERVAL_MS. See WEBSOCKET_PING_INTERVAL. */
  int32_t ping_interval;
  /* Milliseconds that the PONG may take before the connection fails with -ETIMEDOUT; needs an interval.
   * 0: WEBSOCKET_PING_TIMEOUT_MS. */
  int32_t ping_timeout;
  /* The most bytes of a message that westwind_recv_message joins; for any receiving call, the most that a compressed message
   * may have. One that is longer ends the connection with close code 1009 and -EMSGSIZE. At most INT_MAX.
   * 0: WEBSOCKET_MAX_MESSAGE_SIZE. See WEBSOCKET_MESSAGE_LIMIT. */
  size_t max_message_size;
  /* Bytes asked from the socket at once: 64 at least. Memory is held only while bytes wait. 0: WEBSOCKET_RX_BUFFER_SIZE. */
  size_t receive_buffer_size;
  /* Bytes masked and handed to the socket at once: 256 at least. 0: WEBSOCKET_TX_BUFFER_SIZE. */
  size_t transmit_buffer_size;
  /* Memory of the program's to receive into, in place of the library's, for this WebSocket alone: 64 bytes at least. It has to
   * stay until the WebSocket is freed. NULL: none. */
  uint8_t *receive_buffer;
  size_t receive_buffer_length;
  /* The most bytes of the head of the peer's half of the handshake. 0: WEBSOCKET_MAX_RESPONSE_HEAD_SIZE. */
  size_t max_head_size;
  /* The most bytes that are kept of the body of a response that refuses. 0: WEBSOCKET_MAX_ERROR_BODY_SIZE. */
  size_t max_error_body_size;
  /* The most WebSockets that may be open in the process when this one is opened. 0: WEBSOCKET_MAX_CONTEXTS. */
  size_t max_contexts;
  /* NULL: none. */
  const struct westwind_compression *compression;
};

/* Versions of TLS. */
#define WESTWIND_TLS_1_2 0x0303
#define WESTWIND_TLS_1_3 0x0304

/* What is verified of the server. */
enum westwind_verify {
  /* The chain, up to a trusted authority, and the name: the default. */
  WESTWIND_VERIFY_FULL = 0,
  /* The chain alone: any certificate of a trusted authority will do. */
  WESTWIND_VERIFY_CHAIN = 1,
  /* Nothing: whoever sits in between can read and change everything. For tests only. */
  WESTWIND_VERIFY_NONE = 2
};

/* Whether the server is asked to staple a proof that its certificate is not revoked (OCSP). */
enum westwind_stapling {
  /* It is asked. A certificate that was revoked, or that must come with a proof and does not, is refused: the default. */
  WESTWIND_STAPLING_ASKED = 0,
  /* It is asked, and has to show a good proof. */
  WESTWIND_STAPLING_REQUIRED = 1,
  /* It is not asked. */
  WESTWIND_STAPLING_OFF = 2
};

/* How a client does TLS. The library keeps the OpenSSL contexts that it makes, by the contents of the options: connections
 * with the same options share one, and the system's authorities are read once in a process. */
struct westwind_tls_options {
  size_t size;
  /* Credentials that tls_credential_add has entered: authorities, and this side's certificate and key. */
  const sec_tag_t *tags;
  size_t tag_count;
  /* A PEM file of the authorities to trust in place of the system's. Not together with authorities by tag. It is read at each
   * use. NULL: those of the tags; the system's if these have none. */
  const char *authorities_file;
  /* PEM files of this side's certificate, with the intermediate ones behind it, and of its key. Both or none; not together
   * with a certificate by tag. */
  const char *certificate_file;
  const char *key_file;
  /* PEM files of revocation lists, and NULL behind the last. NULL: none. */
  const char *const *revocation_list_files;
  /* The name that the server has to prove. An empty one is refused with -EINVAL. NULL: the host of the URL, or of the proxy. */
  const char *host_name;
  /* What the server's certificate, or its public key, has to be: one of these, as WESTWIND_TLS_PINS takes them, and NULL behind
   * the last. They count besides all that is verified. NULL: it may be any. */
  const char *const *pins;
  /* One of enum westwind_verify. */
  int verify;
  /* One of enum westwind_stapling. */
  int stapling;
  /* The oldest and the newest version that will do: WESTWIND_TLS_1_2, WESTWIND_TLS_1_3. 0: 1.2, and 1.3. */
  int minimum_version;
  int maximum_version;
  /* ALPN (RFC 7301): protocols to offer, preferred first, and NULL behind the last. NULL: none. */
  const char *const *application_protocols;
  /* Cipher suites of TLS 1.2, in OpenSSL's words (ciphers(1)), and of TLS 1.3, joined by colons. NULL: OpenSSL's own choice. */
  const char *cipher_list;
  const char *cipher_suites;
  /* Sessions are kept in the process and resumed, as by TLS_SESSION_CACHE; TLS_SESSION_CACHE_PURGE forgets these too. */
  bool keeps_sessions;
};

static inline void westwind_compression_init(struct westwind_compression *compression) {
  memset(compression, 0, sizeof *compression);
  compression->size = sizeof *compression;
}

static inline void westwind_options_init(struct westwind_options *options) {
  memset(options, 0, sizeof *options);
  options->size = sizeof *options;
}

static inline void westwind_tls_options_init(struct westwind_tls_options *options) {
  memset(options, 0, sizeof *options);
  options->size = sizeof *options;
}

#ifdef __cplusplus
}
#endif

#endif
