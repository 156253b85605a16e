/* Connects by URL, with compression and keep alive, sends binary messages, and shows what comes back.
 *
 *   cc url_client.c $(pkg-config --cflags --libs westwind) -o url_client
 *   ./url_client wss://example.org/chat [COUNT [AUTHORITIES.pem]]
 *
 * A proxy is taken from the environment (https_proxy and so on), and up to 3 redirects are followed.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <westwind.h>

static void show(const struct westwind_response *response, void *user_data) {
  (void)user_data;
  if (response->status != 101) printf("%d %s: %s\n", response->status, response->reason, (const char *)response->body);
}

int main(int argc, char **argv) {
  if (argc < 2) {
    fprintf(stderr, "usage: %s URL [COUNT [AUTHORITIES.pem]]\n", argv[0]);
    return 2;
  }
  struct westwind_compression compression;
  westwind_compression_init(&compression);

  struct westwind_options websocket;
  westwind_options_init(&websocket);
  websocket.compression = &compression;
  websocket.ping_interval = 30000;
  websocket.max_message_size = 1 << 20;

  struct westwind_tls_options tls;
  westwind_tls_options_init(&tls);
  tls.authorities_file = argc > 3 ? argv[3] : NULL;

  struct westwind_connect_options options;
  westwind_connect_options_init(&options);
  options.websocket = &websocket;
  options.tls = &tls;
  options.max_redirects = 3;
  options.on_response = show;

  struct westwind_error error;
  int ws = westwind_connect_url(argv[1], &options, 10000, &error);
  if (ws < 0) {
    fprintf(stderr, "%s\n", error.text);
    return 1;
  }
  char url[1024];
  westwind_url(ws, url, sizeof url);
  printf("open: %s\n", url);

  int count = argc > 2 ? atoi(argv[2]) : 3;
  for (int i = 1; i <= count; i++) {
    uint8_t message[64], echo[64];
    uint32_t type;
    int length = snprintf((char *)message, sizeof message, "message %d", i);
    int code = websocket_send_msg(ws, message, (size_t)length, WEBSOCKET_OPCODE_DATA_BINARY, true, true, 3000);
    if (code >= 0) code = westwind_recv_message(ws, echo, sizeof echo, &type, 3000);
    if (code < 0) {
      fprintf(stderr, "message %d: %s\n", i, strerror(-code));
      return 1;
    }
    printf("received %d bytes of type %#x: %.*s\n", code, (unsigned)type, code, (const char *)echo);
  }
  struct westwind_close close;
  if (westwind_disconnect(ws, 1000, "done", 3000, &close) == 0) printf("closed: %d %s\n", close.code, close.reason);
  return 0;
}
