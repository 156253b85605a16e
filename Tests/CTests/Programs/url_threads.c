/* Threads that connect by URL, over TCP and TLS, to a server of westwind_upgrade in the same process, while others end their
 * connections, change options and list all: url_threads CERTIFICATE KEY [ROUNDS] */
#include "blocked.h"

enum { CLIENTS = 4, TAG = 1 };

static int listeners[2];
static char urls[2][64];
static const char *authorities;
static int rounds = 25;

static void add(enum tls_credential_type type, const char *name) {
  FILE *file = fopen(name, "r");
  CHECK(file != NULL);
  char text[8192];
  size_t length = fread(text, 1, sizeof text, file);
  fclose(file);
  CHECK_IS(tls_credential_add(TAG, type, text, length), 0);
}

static int let_in(const struct westwind_request *request, struct westwind_refusal *refusal, void *user_data) {
  (void)user_data;
  CHECK_IS(westwind_refusal_add_field(refusal, "X-Path", request->path), 0);
  return strcmp(request->path, "/no") == 0 ? 403 : 0;
}

/* Sends back what comes, on a thread for each client. */
static void *serve_one(void *argument) {
  int sock = (int)(long)argument;
  struct westwind_upgrade_options options;
  westwind_upgrade_options_init(&options);
  options.on_request = let_in;
  struct westwind_error error;
  int ws = westwind_upgrade(sock, &options, PATIENCE * 1000, &error);
  if (ws < 0) {
    CHECK_IS(error.code, ws);
    zsock_close(sock);
    return NULL;
  }
  uint8_t bytes[2000];
  uint32_t type = 0;
  int n;
  while ((n = westwind_recv_message(ws, bytes, sizeof bytes, &type, SYS_FOREVER_MS)) >= 0 && !(type & WEBSOCKET_FLAG_CLOSE))
    if (websocket_send_msg(ws, bytes, (size_t)n, WEBSOCKET_OPCODE_DATA_BINARY, false, true, PATIENCE * 1000) < 0) break;
  CHECK_IS(websocket_unregister(ws), 0);
  return NULL;
}

static void *serve(void *argument) {
  int listener = *(int *)argument;
  pthread_t threads[2 * CLIENTS * 100];
  size_t count = 0;
  for (int sock; (sock = zsock_accept(listener, NULL, NULL)) >= 0 || errno == ECONNABORTED;) {
    if (sock < 0) continue;
    CHECK(count < sizeof threads / sizeof *threads);
    CHECK_IS(pthread_create(&threads[count++], NULL, serve_one, (void *)(long)sock), 0);
  }
  while (count > 0) CHECK_IS(pthread_join(threads[--count], NULL), 0);
  return NULL;
}

static void listen_on(int i, int protocol, const char *scheme) {
  struct sockaddr_in address;
  socklen_t length = sizeof address;
  memset(&address, 0, sizeof address);
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  listeners[i] = zsock_socket(AF_INET, SOCK_STREAM, protocol);
  CHECK(listeners[i] >= 0);
  sec_tag_t tags[] = {TAG};
  if (i == 1) CHECK_IS(zsock_setsockopt(listeners[i], SOL_TLS, TLS_SEC_TAG_LIST, tags, sizeof tags), 0);
  CHECK_IS(zsock_bind(listeners[i], (struct sockaddr *)&address, length), 0);
  CHECK_IS(zsock_listen(listeners[i], 64), 0);
  CHECK_IS(zsock_getsockname(listeners[i], (struct sockaddr *)&address, &length), 0);
  snprintf(urls[i], sizeof urls[i], "%s://127.0.0.1:%d", scheme, ntohs(address.sin_port));
}

/* Receives three messages, and waits for a fourth until the connection ends. */
static int receive(void *context) {
  int ws = *(int *)context, n = 0;
  uint8_t bytes[100];
  for (int i = 0; i < 3; i++) CHECK_IS(westwind_recv_message(ws, bytes, sizeof bytes, NULL, SYS_FOREVER_MS), 5);
  n = westwind_recv_message(ws, bytes, sizeof bytes, NULL, SYS_FOREVER_MS);
  CHECK_IS(n, -ENOTCONN);
  return n;
}

struct wanted {
  int ws;
  uint64_t bytes;
};

static void find(const struct westwind_context *context, void *user_data) {
  struct wanted *wanted = (struct wanted *)user_data;
  if (context->ws == wanted->ws) wanted->bytes = context->bytes_received;
}

static void await_received(int ws, uint64_t bytes) {
  struct wanted wanted = {ws, 0};
  double deadline = seconds() + PATIENCE;
  while (wanted.bytes < bytes) {
    CHECK(seconds() < deadline);
    CHECK(westwind_context_foreach(find, &wanted) > 0);
    struct timespec pause = {0, 1000000};
    nanosleep(&pause, NULL);
  }
}

static void *connect_again(void *argument) {
  long number = (long)argument;
  struct westwind_tls_options tls;
  westwind_tls_options_init(&tls);
  tls.authorities_file = authorities;
  tls.keeps_sessions = true;
  struct westwind_connect_options options;
  westwind_connect_options_init(&options);
  options.tls = &tls;
  options.proxy = "";
  for (int i = 0; i < rounds; i++) {
    char url[100];
    struct westwind_error error;
    snprintf(url, sizeof url, "%s%s", urls[(i + number) % 2], i % 5 == 4 ? "/no" : "/yes");
    int ws = westwind_connect_url(url, &options, PATIENCE * 1000, &error);
    if (i % 5 == 4) {
      CHECK_IS(ws, -ECONNABORTED);
      CHECK_IS(error.status, 403);
      continue;
    }
    if (ws < 0) fail(__FILE__, __LINE__, "%d: %s", ws, error.text);
    /* One thread waits when the other ends the connection. */
    struct blocked_call receiver;
    memset(&receiver, 0, sizeof receiver);
    bool is_shared = i % 2 == 0;
    if (is_shared) begin_blocked(&receiver, receive, &ws);
    int value = 1000;
    int set = zsock_setsockopt(ws, SOL_WEBSOCKET, WEBSOCKET_MESSAGE_LIMIT, &value, sizeof value);
    CHECK(set == 0 || (errno == EBUSY && is_shared));
    for (int j = 0; j < 3; j++) CHECK_IS(websocket_send_msg(ws, (uint8_t *)"hello", 5, WEBSOCKET_OPCODE_DATA_BINARY, true, true, PATIENCE * 1000), 5);
    CHECK(westwind_url(ws, url, sizeof url) > 0);
    uint8_t bytes[100];
    if (!is_shared)
      for (int j = 0; j < 3; j++) CHECK_IS(westwind_recv_message(ws, bytes, sizeof bytes, NULL, PATIENCE * 1000), 5);
    int way = (i / 2 + (int)number) % 4;
    if (is_shared) {
      /* All three have been received: what it is blocked in is the fourth call. */
      await_received(ws, 15);
      await_blocked(&receiver.number);
      way = 3;
    }
    if (way == 0) CHECK_IS(zsock_close(ws), 0);
    if (way == 1) CHECK_IS(websocket_unregister(ws), 0);
    if (way == 2) CHECK_IS(westwind_disconnect(ws, 1000, "done", PATIENCE * 1000, NULL), 0);
    if (way == 3) CHECK_IS(websocket_disconnect(ws), 0);
    if (is_shared) CHECK_IS(join_in_time(receiver.thread, NULL), 0);
  }
  return NULL;
}

static void count(const struct westwind_context *context, void *user_data) {
  *(int *)user_data += context->is_server;
  struct westwind_close status;
  struct westwind_error error;
  char url[100];
  /* It may have ended meanwhile. */
  (void)westwind_close_status(context->ws, &status);
  (void)westwind_last_error(context->ws, &error);
  (void)westwind_url(context->ws, url, sizeof url);
}

static void *list(void *argument) {
  while (!__atomic_load_n((bool *)argument, __ATOMIC_ACQUIRE)) {
    int servers = 0;
    CHECK(westwind_context_foreach(count, &servers) >= servers);
    struct timespec pause = {0, 1000000};
    nanosleep(&pause, NULL);
  }
  return NULL;
}

int main(int argc, char **arguments) {
  CHECK(argc >= 3);
  authorities = arguments[1];
  if (argc > 3) rounds = atoi(arguments[3]);
  CHECK(rounds <= 100);
  add(TLS_CREDENTIAL_SERVER_CERTIFICATE, arguments[1]);
  add(TLS_CREDENTIAL_PRIVATE_KEY, arguments[2]);
  listen_on(0, IPPROTO_TCP, "ws");
  listen_on(1, IPPROTO_TLS_1_2, "wss");
  pthread_t servers[2], clients[CLIENTS], lister;
  for (int i = 0; i < 2; i++) CHECK_IS(pthread_create(&servers[i], NULL, serve, &listeners[i]), 0);
  bool is_over = false;
  CHECK_IS(pthread_create(&lister, NULL, list, &is_over), 0);
  for (long i = 0; i < CLIENTS; i++) CHECK_IS(pthread_create(&clients[i], NULL, connect_again, (void *)i), 0);
  for (int i = 0; i < CLIENTS; i++) CHECK_IS(pthread_join(clients[i], NULL), 0);
  __atomic_store_n(&is_over, true, __ATOMIC_RELEASE);
  CHECK_IS(pthread_join(lister, NULL), 0);
  for (int i = 0; i < 2; i++) {
    CHECK_IS(zsock_shutdown(listeners[i], ZSOCK_SHUT_RDWR), 0);
    CHECK_IS(pthread_join(servers[i], NULL), 0);
    CHECK_IS(zsock_close(listeners[i]), 0);
  }
  int servers_left = 0;
  CHECK_IS(westwind_context_foreach(count, &servers_left), 0);
  return 0;
}
