/* An echo server: accepts, upgrades, and sends back every message, with a thread for each client.
 *
 *   cc upgrade_server.c $(pkg-config --cflags --libs westwind) -pthread -o upgrade_server
 *   ./upgrade_server PORT
 *
 * It lets in who asks for /chat, from no other page than those of https://example.org. With port 0 the kernel chooses one.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <westwind.h>

static int let_in(const struct westwind_request *request, struct westwind_refusal *refusal, void *user_data) {
  (void)user_data;
  if (strcmp(request->path, "/chat") != 0) return 404;
  if (request->origin && strcmp(request->origin, "https://example.org") != 0) {
    westwind_refusal_set_body(refusal, "another site's page\n");
    return 403;
  }
  return 0;
}

static void *serve(void *argument) {
  int sock = (int)(long)argument;
  struct westwind_compression compression;
  westwind_compression_init(&compression);
  struct westwind_options websocket;
  westwind_options_init(&websocket);
  websocket.compression = &compression;
  struct westwind_upgrade_options options;
  westwind_upgrade_options_init(&options);
  options.websocket = &websocket;
  options.on_request = let_in;

  struct westwind_error error;
  int ws = westwind_upgrade(sock, &options, 5000, &error);
  if (ws < 0) {
    fprintf(stderr, "%s\n", error.text);
    zsock_close(sock);
    return NULL;
  }
  static const size_t size = 1 << 20;
  uint8_t *message = (uint8_t *)malloc(size);
  uint32_t type;
  int length;
  while (message && (length = westwind_recv_message(ws, message, size, &type, SYS_FOREVER_MS)) >= 0) {
    if (type & WEBSOCKET_FLAG_CLOSE) break; /* it has been answered */
    enum websocket_opcode opcode = type & WEBSOCKET_FLAG_TEXT ? WEBSOCKET_OPCODE_DATA_TEXT : WEBSOCKET_OPCODE_DATA_BINARY;
    if (websocket_send_msg(ws, message, (size_t)length, opcode, false, true, 5000) < 0) break;
  }
  free(message);
  websocket_unregister(ws); /* closes the socket too */
  return NULL;
}

int main(int argc, char **argv) {
  struct sockaddr_in address;
  socklen_t length = sizeof address;
  memset(&address, 0, sizeof address);
  address.sin_family = AF_INET;
  address.sin_port = htons((uint16_t)(argc > 1 ? atoi(argv[1]) : 9001));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  int listener = zsock_socket(AF_INET, SOCK_STREAM, IPPROTO_TCP), sock;
  if (zsock_bind(listener, (struct sockaddr *)&address, length) != 0 || zsock_listen(listener, 64) != 0 ||
      zsock_getsockname(listener, (struct sockaddr *)&address, &length) != 0) {
    perror("listening");
    return 1;
  }
  printf("%d\n", ntohs(address.sin_port));
  fflush(stdout);
  while ((sock = zsock_accept(listener, NULL, NULL)) >= 0) {
    pthread_t thread;
    if (pthread_create(&thread, NULL, serve, (void *)(long)sock) == 0) pthread_detach(thread);
  }
  return 0;
}
