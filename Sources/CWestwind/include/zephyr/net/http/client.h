/* The request of the opening handshake, as the callbacks of struct websocket_request get to see it. There is no HTTP client
 * for programs to use here. */
#ifndef WESTWIND_ZEPHYR_NET_HTTP_CLIENT_H
#define WESTWIND_ZEPHYR_NET_HTTP_CLIENT_H

#include <stddef.h>
#include <stdint.h>

#include <zephyr/net/http/method.h>
#include <zephyr/net/http/parser.h>
#include <zephyr/net/http/status.h>

#ifdef __cplusplus
extern "C" {
#endif

#define HTTP_STATUS_STR_SIZE 32

struct http_request;

/* Writes more header lines to the socket itself, each with its CR LF.
 *
 * sock       the socket that the request goes out on; send to it with zsock_send: subprotocols that are offered by another way
 *            the library does not see, and refuses the server's choice among them.
 * user_data  what websocket_connect was given.
 *
 * Returns the bytes sent; a negative number ends the handshake.
 */
typedef int (*http_header_cb_t)(int sock, struct http_request *req, void *user_data);

/* The server's response. */
struct http_response {
  /* The words behind the status, cut to fit, with NUL. */
  char http_status[HTTP_STATUS_STR_SIZE];
  /* 101 where the server agreed; 0 as long as there is no response. */
  uint16_t http_status_code;
  /* The bytes of body that are there; 0 with status 101. */
  size_t content_length;
  uint8_t message_complete : 1;
};

/* Inside an http_request: what has become of it. */
struct http_client_internal_data {
  struct http_parser parser;
  struct http_response response;
  /* What websocket_connect was given. */
  void *user_data;
  /* The socket that the request goes out on. Where mqtt_connect opens it, http_cb may see -1. */
  int sock;
};

/* The request. Valid during the callback only. */
struct http_request {
  struct http_client_internal_data internal;
  /* The rest is as the struct websocket_request has it. */
  const struct http_parser_settings *http_cb;
  uint8_t *recv_buf;
  size_t recv_buf_len;
  const char *url;
  const char *host;
  http_header_cb_t optional_headers_cb;
  const char **optional_headers;
};

#ifdef __cplusplus
}
#endif

#endif
