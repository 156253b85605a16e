/* What a program can learn of the response to the opening handshake: callbacks, one for each part of it.
 *
 * This is no parser for programs to use; it is as much of Zephyr's as websocket_request.http_cb shows.
 */
#ifndef WESTWIND_ZEPHYR_NET_HTTP_PARSER_H
#define WESTWIND_ZEPHYR_NET_HTTP_PARSER_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What the callbacks are given: the response so far. To be read, not written. It lies in a struct http_request, as
 * `internal.parser`. */
struct http_parser {
  unsigned short http_major;
  unsigned short http_minor;
  /* 101 where the server agreed. */
  unsigned int status_code : 16;
  /* 1 where the server agreed to upgrade. */
  unsigned int upgrade : 1;
  /* The bytes of body that are there; 0 with status 101. */
  uint64_t content_length;
  /* The struct http_request. */
  void *data;
};

/* Takes bytes of the response, which are valid only during the call and have no NUL behind them. What it returns is of no
 * consequence. */
typedef int (*http_data_cb)(struct http_parser *parser, const char *at, size_t length);

/* Takes notice. What it returns is of no consequence. */
typedef int (*http_cb)(struct http_parser *parser);

/* The callbacks, in the order of their calls; any may be NULL. They come from within websocket_connect, on its thread.
 *
 * Unlike Zephyr's, each string comes in one piece, a field's name right before its value, and all of it when the head is
 * whole and, of a refusal, the beginning of the body is there too. on_url, on_chunk_header and on_chunk_complete are never
 * called: a response has no URL, and a body comes with its chunks joined. */
struct http_parser_settings {
  http_cb on_message_begin;
  http_data_cb on_url;
  /* The words behind the status. */
  http_data_cb on_status;
  http_data_cb on_header_field;
  http_data_cb on_header_value;
  http_cb on_headers_complete;
  /* The beginning of a refusal's body, WEBSOCKET_MAX_ERROR_BODY_SIZE bytes at most. */
  http_data_cb on_body;
  http_cb on_message_complete;
  http_cb on_chunk_header;
  http_cb on_chunk_complete;
};

#ifdef __cplusplus
}
#endif

#endif
