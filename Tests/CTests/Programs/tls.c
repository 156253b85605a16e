/* TLS sockets, Zephyr's way, and a WebSocket over one: tls CERTIFICATE KEY OTHER-CERTIFICATE, each a PEM file; the first is for
 * localhost. */
#include "session.h"

enum { CLIENT_TAG = 1, SERVER_TAG = 2, OTHER_TAG = 3 };

static struct sockaddr_in address;
static int listener;

static void add(sec_tag_t tag, enum tls_credential_type type, const char *name) {
  FILE *file = fopen(name, "r");
  CHECK(file != NULL);
  char text[8192];
  size_t length = fread(text, 1, sizeof text - 1, file);
  text[length] = 0;
  fclose(file);
  CHECK_IS(tls_credential_add(tag, type, text, length + 1), 0);
}

static void set_tags(int socket, sec_tag_t tag) {
  sec_tag_t tags[] = {tag};
  CHECK_IS(zsock_setsockopt(socket, SOL_TLS, TLS_SEC_TAG_LIST, tags, sizeof tags), 0);
}

static void set_number(int socket, int option, int value) {
  CHECK_IS(zsock_setsockopt(socket, SOL_TLS, option, &value, sizeof value), 0);
}

static int get_number(int socket, int option) {
  int value = -1;
  socklen_t length = sizeof value;
  CHECK_IS(zsock_getsockopt(socket, SOL_TLS, option, &value, &length), 0);
  return value;
}

/* Takes connections and shakes hands, as often as it is told; sends back what comes over a WebSocket, where one is asked for. */
static void *serve(void *count) {
  for (int i = *(int *)count; i > 0; i--) {
    int socket = zsock_accept(listener, NULL, NULL);
    if (socket < 0) continue;
    char request[4096];
    size_t got = 0;
    ssize_t n;
    do {
      n = zsock_recv(socket, request + got, sizeof request - 1 - got, 0);
      if (n > 0) got += (size_t)n;
      request[got] = 0;
    } while (n > 0 && !strstr(request, "\r\n\r\n"));
    if (strstr(request, "\r\n\r\n")) {
      char accept[32], text[256];
      accept_value(request, accept);
      int length = snprintf(text, sizeof text, SWITCHING "Sec-WebSocket-Accept: %s\r\n\r\n", accept);
      CHECK_IS(zsock_send(socket, text, (size_t)length, 0), length);
      uint8_t memory[300], bytes[100];
      int ws = websocket_register(socket, memory, sizeof memory);
      CHECK(ws >= 0);
      while ((n = zsock_recv(ws, bytes, sizeof bytes, 0)) > 0) CHECK_IS(zsock_send(ws, bytes, (size_t)n, 0), n);
      CHECK_IS(websocket_unregister(ws), 0);
    } else {
      zsock_close(socket);
    }
  }
  return NULL;
}

static int connected(int socket) { return zsock_connect(socket, (struct sockaddr *)&address, sizeof address); }

/* What was set can be got, cut to fit. */
static void lists(int socket, const int *suites, socklen_t size) {
  sec_tag_t tags[2] = {0, 0};
  socklen_t length = sizeof tags;
  CHECK_IS(zsock_getsockopt(socket, SOL_TLS, TLS_SEC_TAG_LIST, tags, &length), 0);
  CHECK_IS(length, sizeof tags[0]);
  CHECK_IS(tags[0], CLIENT_TAG);
  int got[4];
  length = sizeof got;
  CHECK_IS(zsock_getsockopt(socket, SOL_TLS, TLS_CIPHERSUITE_LIST, got, &length), 0);
  CHECK_IS(length, size);
  CHECK(memcmp(got, suites, size) == 0);
  length = 2 * sizeof got[0];
  CHECK_IS(zsock_getsockopt(socket, SOL_TLS, TLS_CIPHERSUITE_LIST, got, &length), 0);
  CHECK_IS(length, 2 * sizeof got[0]);
  const char *names[3];
  length = sizeof names;
  CHECK_IS(zsock_getsockopt(socket, SOL_TLS, TLS_ALPN_LIST, names, &length), 0);
  CHECK_IS(length, 2 * sizeof names[0]);
  CHECK(strcmp(names[0], "nobody's") == 0 && strcmp(names[1], "http/1.1") == 0);
  const char *again;
  length = sizeof again;
  CHECK_IS(zsock_getsockopt(socket, SOL_TLS, TLS_ALPN_LIST, &again, &length), 0);
  CHECK(again == names[0] && length == sizeof again);
  length = 1;
  CHECK_FAILS(zsock_getsockopt(socket, SOL_TLS, TLS_ALPN_LIST, names, &length), EINVAL);
  length = 0;
  CHECK_FAILS(zsock_getsockopt(socket, SOL_TLS, TLS_SEC_TAG_LIST, tags, &length), EINVAL);
  int verify;
  length = sizeof verify;
  CHECK_FAILS(zsock_getsockopt(socket, SOL_TLS, TLS_PEER_VERIFY, &verify, &length), ENOPROTOOPT);
}

static void good(int protocol) {
  int socket = zsock_socket(AF_INET, SOCK_STREAM, protocol);
  CHECK(socket >= 0);
  CHECK_FAILS(zsock_send(socket, "early", 5, 0), ENOTCONN);
  set_tags(socket, CLIENT_TAG);
  /* The NUL is counted, as Zephyr's sample does. */
  CHECK_IS(zsock_setsockopt(socket, SOL_TLS, TLS_HOSTNAME, "localhost", sizeof "localhost"), 0);
  const char *protocols[] = {"nobody's", "http/1.1", NULL};
  CHECK_IS(zsock_setsockopt(socket, SOL_TLS, TLS_ALPN_LIST, protocols, sizeof protocols), 0);
  int suites[] = {0x1301, 0xC02B, 0xC02F};
  CHECK_IS(zsock_setsockopt(socket, SOL_TLS, TLS_CIPHERSUITE_LIST, suites, sizeof suites), 0);
  set_number(socket, TLS_SESSION_CACHE, TLS_SESSION_CACHE_ENABLED);
  lists(socket, suites, sizeof suites);
  CHECK_IS(connected(socket), 0);
  lists(socket, suites, sizeof suites);
  CHECK_IS(get_number(socket, TLS_CIPHERSUITE_USED), 0x1301);
  CHECK_IS(get_number(socket, TLS_CERT_VERIFY_RESULT), 0);

  uint8_t memory[300], got[16];
  struct websocket_request request = plain_request(memory, sizeof memory);
  int ws = websocket_connect(socket, &request, 30000, NULL);
  CHECK(ws >= 0);
  CHECK_IS(websocket_send_msg(ws, (const uint8_t *)"secret", 6, WEBSOCKET_OPCODE_DATA_TEXT, true, true, 20000), 6);
  uint64_t remaining = 1;
  CHECK_IS(websocket_recv_msg(ws, got, sizeof got, NULL, &remaining, 10000), 6);
  CHECK(memcmp(got, "secret", 6) == 0);
  CHECK_IS(remaining, 0);
  /* What is known of TLS is known above it. */
  struct westwind_tls_info below, above;
  CHECK_IS(westwind_tls_info(socket, &below), 0);
  CHECK_IS(westwind_tls_info(ws, &above), 0);
  CHECK(memcmp(&below, &above, sizeof below) == 0);
  CHECK(strcmp(above.cipher_suite, "TLS_AES_128_GCM_SHA256") == 0 && strcmp(above.version, "TLSv1.3") == 0);
  CHECK(strcmp(above.application_protocol, "http/1.1") == 0 && above.error[0] == 0);
  CHECK_IS(websocket_disconnect(ws), 0);
  CHECK_IS(zsock_close(socket), 0);
  CHECK_FAILS(zsock_close(socket), EBADF);
}

/* A certificate for another name, of nobody known; an option may let it pass, and says what was wrong. */
static void doubtful(void) {
  int socket = zsock_socket(AF_INET, SOCK_STREAM, IPPROTO_TLS_1_2);
  set_tags(socket, CLIENT_TAG);
  CHECK_IS(zsock_setsockopt(socket, SOL_TLS, TLS_HOSTNAME, "elsewhere.example", 17), 0);
  CHECK_FAILS(connected(socket), ECONNABORTED);
  CHECK_IS(zsock_close(socket), 0);

  socket = zsock_socket(AF_INET, SOCK_STREAM, IPPROTO_TLS_1_2);
  set_tags(socket, OTHER_TAG);
  CHECK_IS(zsock_setsockopt(socket, SOL_TLS, TLS_HOSTNAME, NULL, 0), 0);
  CHECK_FAILS(connected(socket), ECONNABORTED);
  CHECK_IS(zsock_close(socket), 0);

  socket = zsock_socket(AF_INET, SOCK_STREAM, IPPROTO_TLS_1_2);
  set_tags(socket, OTHER_TAG);
  CHECK_IS(zsock_setsockopt(socket, SOL_TLS, TLS_HOSTNAME, "localhost", 9), 0);
  set_number(socket, TLS_PEER_VERIFY, TLS_PEER_VERIFY_OPTIONAL);
  CHECK_IS(connected(socket), 0);
  CHECK_IS(get_number(socket, TLS_CERT_VERIFY_RESULT), 8);
  CHECK_IS(zsock_close(socket), 0);

  socket = zsock_socket(AF_INET, SOCK_STREAM, IPPROTO_TLS_1_2);
  set_tags(socket, OTHER_TAG);
  CHECK_IS(zsock_setsockopt(socket, SOL_TLS, TLS_HOSTNAME, NULL, 0), 0);
  set_number(socket, TLS_PEER_VERIFY, TLS_PEER_VERIFY_NONE);
  CHECK_IS(connected(socket), 0);
  CHECK_IS(zsock_close(socket), 0);
}

/* Nothing is sent where the options cannot be used. */
static void mistakes(void) {
  int socket = zsock_socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, IPPROTO_TLS_1_2);
  CHECK_IS(zsock_fcntl(socket, F_GETFL, 0) & O_NONBLOCK, O_NONBLOCK);
  CHECK_FAILS(connected(socket), EINVAL); /* no name */
  int three = 3;
  CHECK_FAILS(zsock_setsockopt(socket, SOL_TLS, TLS_PEER_VERIFY, &three, sizeof three), EINVAL);
  CHECK_FAILS(zsock_setsockopt(socket, SOL_TLS, TLS_PEER_VERIFY, &three, 1), EINVAL);
  CHECK_FAILS(zsock_setsockopt(socket, SOL_TLS, TLS_ALPN_LIST, "http/1.1", 8 - 1), EINVAL);
  CHECK_FAILS(zsock_setsockopt(socket, SOL_TLS, TLS_CIPHERSUITE_USED, &three, sizeof three), ENOPROTOOPT);
  static const int none[] = {TLS_DTLS_ROLE, TLS_DTLS_HANDSHAKE_TIMEOUT_MIN, TLS_DTLS_HANDSHAKE_TIMEOUT_MAX, TLS_CERT_NOCOPY,
                             TLS_NATIVE, TLS_DTLS_CID, TLS_DTLS_CID_STATUS, TLS_DTLS_CID_VALUE, TLS_DTLS_PEER_CID_VALUE,
                             TLS_DTLS_HANDSHAKE_ON_CONNECT, TLS_CERT_VERIFY_RESULT};
  for (size_t i = 0; i < sizeof none / sizeof *none; i++)
    CHECK_FAILS(zsock_setsockopt(socket, SOL_TLS, none[i], &three, sizeof three), ENOPROTOOPT);
  CHECK_IS(zsock_setsockopt(socket, SOL_TLS, TLS_SESSION_CACHE_PURGE, NULL, 0), 0);
  /* Options of other levels are the TCP socket's. */
  int one = 1;
  CHECK_IS(zsock_setsockopt(socket, SOL_SOCKET, SO_KEEPALIVE, &one, sizeof one), 0);
  CHECK_IS(zsock_close(socket), 0);
}

int main(int count, char **arguments) {
  CHECK_IS(count, 4);
  add(CLIENT_TAG, TLS_CREDENTIAL_CA_CERTIFICATE, arguments[1]);
  add(SERVER_TAG, TLS_CREDENTIAL_SERVER_CERTIFICATE, arguments[1]);
  add(SERVER_TAG, TLS_CREDENTIAL_PRIVATE_KEY, arguments[2]);
  add(OTHER_TAG, TLS_CREDENTIAL_CA_CERTIFICATE, arguments[3]);
  listener = zsock_socket(AF_INET, SOCK_STREAM, IPPROTO_TLS_1_2);
  set_tags(listener, SERVER_TAG);
  set_number(listener, WESTWIND_TLS_HANDSHAKE_TIMEOUT, 20000);
  const char *protocols[] = {"http/1.1"};
  CHECK_IS(zsock_setsockopt(listener, SOL_TLS, TLS_ALPN_LIST, protocols, sizeof protocols), 0);
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof address;
  CHECK_IS(zsock_bind(listener, (struct sockaddr *)&address, length), 0);
  CHECK_IS(zsock_listen(listener, 8), 0);
  CHECK_IS(zsock_getsockname(listener, (struct sockaddr *)&address, &length), 0);
  int connections = 6;
  pthread_t thread;
  CHECK_IS(pthread_create(&thread, NULL, serve, &connections), 0);
  mistakes();
  good(IPPROTO_TLS_1_2);
  good(IPPROTO_TLS_1_3);
  doubtful();
  CHECK_IS(pthread_join(thread, NULL), 0);
  CHECK_IS(zsock_close(listener), 0);
  return 0;
}
