/* westwind_connect_url and what belongs to it, against peers that the test has started:
 *
 *   url ECHO DEFLATE TLS PROXY CERTIFICATE KEY OTHER-CERTIFICATE
 *
 * ECHO, DEFLATE and TLS are ports of echo servers without and with compression and with TLS on 127.0.0.1, PROXY that of an HTTP
 * proxy for the user `me` with the password `word`. The rest are PEM files; the TLS server shows CERTIFICATE. */
#include "blocked.h"

#include <sys/un.h>

static const char *echo_port, *deflate_port, *tls_port, *proxy_port, *certificate_file, *key_file, *other_file;

static const char *url(const char *scheme, const char *host, const char *port, const char *path) {
  static char text[300];
  snprintf(text, sizeof text, "%s://%s:%s%s", scheme, host, port, path);
  return text;
}

/* The lowest number that is free: the same before and after where nothing is left open. */
static int lowest_free(void) {
  int number = dup(0);
  close(number);
  return number;
}

static void echoes(int ws, const char *text) {
  size_t length = strlen(text);
  CHECK_IS(websocket_send_msg(ws, (const uint8_t *)text, length, WEBSOCKET_OPCODE_DATA_TEXT, true, true, 20000), length);
  uint8_t got[1000];
  uint32_t type = 0;
  uint64_t remaining = 0;
  CHECK_IS(westwind_peek_msg(ws, &type, &remaining, 20000), 0);
  CHECK_IS(type, WEBSOCKET_FLAG_TEXT | WEBSOCKET_FLAG_FINAL);
  CHECK_IS(remaining, length);
  CHECK_IS(westwind_peek_msg(ws, NULL, NULL, 0), 0);
  CHECK_IS(westwind_recv_message(ws, got, sizeof got, &type, 20000), length);
  CHECK_IS(type, WEBSOCKET_FLAG_TEXT | WEBSOCKET_FLAG_FINAL);
  CHECK(memcmp(got, text, length) == 0);
  CHECK_IS(westwind_peek_msg(ws, &type, &remaining, 0), -EAGAIN);
}

struct seen {
  int responses;
  int status;
  bool is_compressed;
  char location[300];
  int connects;
  int answer;
};

static void see(const struct westwind_response *response, void *user_data) {
  struct seen *seen = (struct seen *)user_data;
  seen->responses++;
  seen->status = response->status;
  seen->is_compressed = response->is_compressed;
  CHECK(response->reason != NULL);
  CHECK_IS(response->body[response->body_length], 0);
  for (size_t i = 0; i < response->field_count; i++)
    if (strcasecmp(response->fields[i].name, "location") == 0)
      snprintf(seen->location, sizeof seen->location, "%s", response->fields[i].value);
}

static int accept_it(int ws, const struct westwind_response *response, void *user_data) {
  struct seen *seen = (struct seen *)user_data;
  seen->connects++;
  CHECK(ws >= 0);
  CHECK_IS(response->status, 101);
  return seen->answer;
}

static int end_it(int ws, const struct westwind_response *response, void *user_data) {
  (void)response;
  (void)user_data;
  CHECK_IS(websocket_disconnect(ws), 0);
  return 0;
}

static struct westwind_connect_options watched(struct seen *seen) {
  struct westwind_connect_options options;
  westwind_connect_options_init(&options);
  memset(seen, 0, sizeof *seen);
  options.on_response = see;
  options.on_connect = accept_it;
  options.user_data = seen;
  return options;
}

/* Whichever call ends it, all that it owned is closed. */
static void ends(void) {
  for (int way = 0; way < 4; way++) {
    int before = lowest_free();
    struct westwind_error error;
    int ws = westwind_connect_url(url("ws", "127.0.0.1", echo_port, "/a?b=c"), NULL, WESTWIND_DEFAULT_TIMEOUT, &error);
    CHECK(ws >= 0);
    CHECK_IS(error.code, 0);
    echoes(ws, "hello");
    char text[300], wanted[300];
    int length = snprintf(wanted, sizeof wanted, "ws://127.0.0.1:%s/a?b=c", echo_port);
    CHECK_IS(westwind_url(ws, text, sizeof text), length);
    CHECK(strcmp(text, wanted) == 0);
    CHECK_IS(westwind_url(ws, text, 6), length);
    CHECK(strcmp(text, "ws://") == 0);
    CHECK_IS(westwind_url(ws, NULL, 0), length);
    CHECK_IS(westwind_url(ws, NULL, 1), -EINVAL);
    struct westwind_close status;
    CHECK_IS(westwind_close_status(ws, &status), 0);
    CHECK_IS(status.code, 0);
    CHECK_IS(westwind_last_error(ws, &error), 0);
    CHECK_IS(error.code, 0);
    CHECK_IS(error.text[0], 0);
    if (way == 0) CHECK_IS(zsock_close(ws), 0);
    if (way == 1) CHECK_IS(websocket_disconnect(ws), 0);
    if (way == 2) CHECK_IS(websocket_unregister(ws), 0);
    if (way == 3) {
      CHECK_IS(westwind_disconnect(ws, 1005, NULL, 20000, &status), -EINVAL);
      CHECK_IS(westwind_disconnect(ws, 0, "reason without code", 20000, &status), -EINVAL);
      CHECK_IS(westwind_disconnect(ws, 3000, "\xff", 20000, &status), -EINVAL);
      CHECK_IS(westwind_disconnect(ws, 3000, "so long", 20000, &status), 0);
      CHECK_IS(status.code, 3000);
      CHECK(strcmp(status.reason, "so long") == 0);
    }
    CHECK_IS(lowest_free(), before);
    CHECK_IS(westwind_url(ws, text, sizeof text), -EBADF);
    CHECK_IS(westwind_disconnect(ws, 0, NULL, 0, NULL), -EBADF);
    CHECK_IS(westwind_close_status(ws, &status), -EBADF);
    CHECK_IS(westwind_last_error(ws, &error), -EBADF);
  }
}

static void compresses(void) {
  struct westwind_compression compression;
  westwind_compression_init(&compression);
  compression.minimum_size = 1;
  compression.level = 9;
  struct westwind_options websocket;
  westwind_options_init(&websocket);
  websocket.compression = &compression;
  struct seen seen;
  struct westwind_connect_options options = watched(&seen);
  options.websocket = &websocket;
  int ws = westwind_connect_url(url("ws", "localhost", deflate_port, ""), &options, 20000, NULL);
  CHECK(ws >= 0);
  CHECK(seen.is_compressed);
  CHECK_IS(seen.responses, 1);
  CHECK_IS(seen.connects, 1);
  echoes(ws, "hello hello hello hello hello hello hello hello");
  echoes(ws, "hello hello hello hello hello hello hello hello");
  CHECK_IS(westwind_disconnect(ws, 1000, NULL, 20000, NULL), 0);
  /* A server without compression is taken as it is. */
  ws = westwind_connect_url(url("ws", "127.0.0.1", echo_port, ""), &options, 20000, NULL);
  CHECK(ws >= 0);
  CHECK(!seen.is_compressed);
  echoes(ws, "hello hello hello hello hello hello hello hello");
  CHECK_IS(websocket_disconnect(ws), 0);
}

static void proxied(void) {
  struct westwind_connect_options options;
  westwind_connect_options_init(&options);
  char proxy[100];
  options.proxy = proxy;
  struct westwind_error error;
  snprintf(proxy, sizeof proxy, "http://me:word@127.0.0.1:%s", proxy_port);
  int ws = westwind_connect_url(url("ws", "127.0.0.1", echo_port, ""), &options, 20000, &error);
  if (ws < 0) fprintf(stderr, "%s\n", error.text);
  CHECK(ws >= 0);
  echoes(ws, "through the proxy");
  struct sockaddr_in peer;
  socklen_t length = sizeof peer;
  CHECK_IS(zsock_getpeername(ws, (struct sockaddr *)&peer, &length), 0);
  CHECK_IS(ntohs(peer.sin_port), atoi(proxy_port));
  CHECK_IS(websocket_disconnect(ws), 0);
  int before = lowest_free();
  snprintf(proxy, sizeof proxy, "http://127.0.0.1:%s", proxy_port);
  CHECK_IS(westwind_connect_url(url("ws", "127.0.0.1", echo_port, ""), &options, 20000, &error), -ECONNABORTED);
  CHECK_IS(error.phase, WESTWIND_PHASE_PROXY);
  CHECK(error.status == 407 || error.status == 401);
  snprintf(proxy, sizeof proxy, "gopher://127.0.0.1");
  CHECK_IS(westwind_connect_url(url("ws", "127.0.0.1", echo_port, ""), &options, 20000, &error), -EINVAL);
  CHECK_IS(error.phase, WESTWIND_PHASE_ARGUMENTS);
  CHECK(strstr(error.text, "gopher") != NULL);
  /* The environment's proxy counts, unless the options say none. */
  setenv("http_proxy", "http://127.0.0.1:1", 1);
  setenv("no_proxy", "", 1);
  CHECK_IS(westwind_connect_url(url("ws", "127.0.0.1", echo_port, ""), NULL, 20000, &error), -ECONNREFUSED);
  CHECK(strstr(error.text, "127.0.0.1:1") != NULL);
  options.proxy = "";
  ws = westwind_connect_url(url("ws", "127.0.0.1", echo_port, ""), &options, 20000, &error);
  CHECK(ws >= 0);
  CHECK_IS(zsock_close(ws), 0);
  unsetenv("http_proxy");
  CHECK_IS(lowest_free(), before);
}

static void add_credential(sec_tag_t tag, enum tls_credential_type type, const char *name) {
  FILE *file = fopen(name, "r");
  CHECK(file != NULL);
  char text[8192];
  size_t length = fread(text, 1, sizeof text - 1, file);
  fclose(file);
  CHECK_IS(tls_credential_add(tag, type, text, length), 0);
}

/* The certificate's cause is a bit, and a sentence that names it. */
static void refused(const char *host, struct westwind_tls_options *tls, uint32_t certificate, const char *words) {
  struct westwind_connect_options options;
  westwind_connect_options_init(&options);
  options.tls = tls;
  struct westwind_error error;
  int before = lowest_free();
  CHECK_IS(westwind_connect_url(url("wss", host, tls_port, ""), &options, 20000, &error), -ECONNABORTED);
  CHECK_IS(error.code, -ECONNABORTED);
  CHECK_IS(error.phase, WESTWIND_PHASE_TLS);
  CHECK_IS(error.certificate, certificate);
  if (!strstr(error.text, words)) fail(__FILE__, __LINE__, "no '%s' in: %s", words, error.text);
  CHECK_IS(lowest_free(), before);
}

static void secure(void) {
  struct westwind_tls_options tls;
  westwind_tls_options_init(&tls);
  struct westwind_connect_options options;
  westwind_connect_options_init(&options);
  options.tls = &tls;
  tls.authorities_file = certificate_file;
  int ws = westwind_connect_url(url("wss", "localhost", tls_port, ""), &options, 20000, NULL);
  CHECK(ws >= 0);
  echoes(ws, "secret");
  int before = lowest_free();
  CHECK_IS(westwind_disconnect(ws, 0, NULL, WESTWIND_DEFAULT_TIMEOUT, NULL), 0);
  CHECK(lowest_free() < before);
  /* the same by a credential's tag, with a name of one's own */
  sec_tag_t tags[] = {7};
  add_credential(7, TLS_CREDENTIAL_CA_CERTIFICATE, certificate_file);
  tls.authorities_file = NULL;
  tls.tags = tags;
  tls.tag_count = 1;
  tls.host_name = "server.example";
  tls.minimum_version = WESTWIND_TLS_1_3;
  tls.keeps_sessions = true;
  for (int i = 0; i < 2; i++) {
    ws = westwind_connect_url(url("wss", "127.0.0.1", tls_port, ""), &options, 20000, NULL);
    CHECK(ws >= 0);
    echoes(ws, "secret");
    CHECK_IS(websocket_disconnect(ws), 0);
  }
  tls.host_name = "elsewhere.example";
  refused("localhost", &tls, WESTWIND_CERTIFICATE_OTHER_NAME, "not for the name elsewhere.example");
  tls.verify = WESTWIND_VERIFY_CHAIN;
  ws = westwind_connect_url(url("wss", "localhost", tls_port, ""), &options, 20000, NULL);
  CHECK(ws >= 0);
  CHECK_IS(websocket_disconnect(ws), 0);
  westwind_tls_options_init(&tls);
  tls.authorities_file = certificate_file;
  /* A pin counts besides: one that is another's refuses, one of two that is this one's will do. */
  char pin[80] = "cert:";
  static const char *pins[] = {NULL, NULL, NULL};
  memset(pin + 5, 'a', 64);
  pins[0] = pin;
  tls.pins = pins;
  refused("localhost", &tls, WESTWIND_CERTIFICATE_OTHER, "pin");
  tls.pins = NULL;
  ws = westwind_connect_url(url("wss", "localhost", tls_port, ""), &options, 20000, NULL);
  CHECK(ws >= 0);
  struct westwind_tls_info info;
  CHECK_IS(westwind_tls_info(ws, &info), 0);
  CHECK_IS(websocket_disconnect(ws), 0);
  pins[1] = info.public_key_pin;
  tls.pins = pins;
  ws = westwind_connect_url(url("wss", "localhost", tls_port, ""), &options, 20000, NULL);
  CHECK(ws >= 0);
  CHECK_IS(websocket_disconnect(ws), 0);
  westwind_tls_options_init(&tls);
  tls.authorities_file = other_file;
  refused("localhost", &tls, WESTWIND_CERTIFICATE_NOT_TRUSTED, "trusted");
  tls.verify = WESTWIND_VERIFY_NONE;
  ws = westwind_connect_url(url("wss", "localhost", tls_port, ""), &options, 20000, NULL);
  CHECK(ws >= 0);
  CHECK_IS(websocket_disconnect(ws), 0);
  westwind_tls_options_init(&tls);
  tls.authorities_file = certificate_file;
  tls.certificate_file = certificate_file;
  tls.key_file = key_file;
  ws = westwind_connect_url(url("wss", "localhost", tls_port, ""), &options, 20000, NULL);
  CHECK(ws >= 0);
  CHECK_IS(websocket_disconnect(ws), 0);
}

/* A TLS socket, Zephyr's way: errno is all that zsock_connect can say, and the cause is told besides. */
static void told_of_sockets(void) {
  struct sockaddr_in address;
  memset(&address, 0, sizeof address);
  address.sin_family = AF_INET;
  address.sin_port = htons((uint16_t)atoi(tls_port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  int socket = zsock_socket(AF_INET, SOCK_STREAM, IPPROTO_TLS_1_2);
  sec_tag_t tags[] = {7};
  CHECK_IS(zsock_setsockopt(socket, SOL_TLS, TLS_SEC_TAG_LIST, tags, sizeof tags), 0);
  CHECK_IS(zsock_setsockopt(socket, SOL_TLS, TLS_HOSTNAME, "elsewhere.example", 17), 0);
  struct westwind_error error;
  CHECK_IS(westwind_last_error(socket, &error), 0);
  CHECK_IS(error.code, 0);
  CHECK_FAILS(zsock_connect(socket, (struct sockaddr *)&address, sizeof address), ECONNABORTED);
  CHECK_IS(westwind_last_error(socket, &error), 0);
  CHECK_IS(error.code, -ECONNABORTED);
  CHECK_IS(error.phase, WESTWIND_PHASE_TLS);
  CHECK_IS(error.certificate, WESTWIND_CERTIFICATE_OTHER_NAME);
  CHECK(strstr(error.text, "elsewhere.example") != NULL);
  CHECK_IS(zsock_close(socket), 0);
}

/* An option that cannot be used is named, and nothing is sent. */
static void option(struct westwind_connect_options *options, const char *words) {
  struct westwind_error error;
  CHECK_IS(westwind_connect_url("wss://127.0.0.1:1/", options, 0, &error), -EINVAL);
  CHECK_IS(error.phase, WESTWIND_PHASE_ARGUMENTS);
  if (!strstr(error.text, words)) fail(__FILE__, __LINE__, "no '%s' in: %s", words, error.text);
}

#define REFUSED(structure, member, bad, words) \
  do { \
    structure.member = bad; \
    option(&options, words); \
    structure.member = 0; \
  } while (0)

static void mistakes(void) {
  struct westwind_compression compression;
  westwind_compression_init(&compression);
  struct westwind_options websocket;
  westwind_options_init(&websocket);
  websocket.compression = &compression;
  struct westwind_tls_options tls;
  westwind_tls_options_init(&tls);
  struct westwind_connect_options options;
  westwind_connect_options_init(&options);
  options.websocket = &websocket;
  options.tls = &tls;
  REFUSED(compression, level, 10, "level is 10");
  REFUSED(compression, level, -1, "level is -1");
  REFUSED(compression, memory_level, 10, "memory_level");
  REFUSED(compression, client_max_window_bits, 7, "client_max_window_bits is 7");
  REFUSED(compression, server_max_window_bits, 16, "server_max_window_bits is 16");
  REFUSED(compression, minimum_size, -1, "minimum_size");
  REFUSED(websocket, ping_interval, -2, "ping_interval");
  REFUSED(websocket, ping_timeout, -1, "ping_timeout");
  REFUSED(websocket, ping_timeout, 1, "no ping_interval");
  REFUSED(websocket, receive_buffer_length, 100, "receive_buffer is NULL");
  REFUSED(websocket, receive_buffer_size, 63, "receive_buffer_size is 63");
  REFUSED(websocket, transmit_buffer_size, 255, "transmit_buffer_size");
  REFUSED(websocket, max_message_size, (size_t)-1, "max_message_size");
  REFUSED(websocket, max_head_size, (size_t)1 << 40, "max_head_size");
  uint8_t memory[63];
  websocket.receive_buffer_length = sizeof memory;
  REFUSED(websocket, receive_buffer, memory, "receive_buffer_length");
  websocket.receive_buffer_length = 0;
  REFUSED(options, max_redirects, 6, "max_redirects");
  REFUSED(options, max_redirects, -2, "max_redirects");
  options.unix_path = "/run/echo.sock";
  REFUSED(options, proxy, "http://127.0.0.1:1", "without a proxy");
  options.unix_path = NULL;
  REFUSED(options, attempt_delay, -1, "attempt_delay");
  REFUSED(options, origin, "\xff", "origin is not UTF-8");
  REFUSED(options, proxy, "\xff", "proxy is not UTF-8");
  static const char *const bad_lines[] = {"X: a\r\nY: b", NULL}, *const not_text[] = {"X: \xff", NULL};
  REFUSED(options, headers, bad_lines, "CR, LF");
  REFUSED(options, headers, not_text, "headers is not UTF-8");
  REFUSED(tls, verify, 3, "verify is 3");
  REFUSED(tls, stapling, 3, "stapling is 3");
  static const char *const no_pins[] = {"sha1//abc", NULL};
  REFUSED(tls, pins, no_pins, "is no pin");
  REFUSED(tls, host_name, "", "host_name is empty");
  REFUSED(tls, minimum_version, 0x0302, "minimum_version");
  tls.maximum_version = WESTWIND_TLS_1_2;
  REFUSED(tls, minimum_version, WESTWIND_TLS_1_3, "newer than");
  tls.maximum_version = 0;
  REFUSED(tls, tag_count, 1, "tags is NULL");
  REFUSED(tls, key_file, key_file, "together");
  sec_tag_t tags[] = {7};
  tls.tags = tags;
  tls.tag_count = 1;
  REFUSED(tls, authorities_file, certificate_file, "both by tag");
  struct westwind_error error;
  CHECK_IS(westwind_connect_url(NULL, NULL, 0, &error), -EINVAL);
  CHECK(strstr(error.text, "url is NULL") != NULL);
  CHECK_IS(westwind_connect_url("example.org", NULL, 0, &error), -EINVAL);
  CHECK(strstr(error.text, "scheme is missing") != NULL);
  CHECK_IS(westwind_connect_url("ws://me:word@exa mple.org/", NULL, 0, &error), -EINVAL);
  CHECK(strstr(error.text, "word") == NULL);
  options.size += 8;
  CHECK_IS(westwind_connect_url("ws://127.0.0.1:1/", &options, 0, &error), -E2BIG);
}

/* A server that answers each request as it is told. */
struct answers {
  int listener;
  char text[3][400];
};

static void *answer_all(void *argument) {
  struct answers *answers = (struct answers *)argument;
  for (int i = 0; i < 3 && answers->text[i][0]; i++) {
    int socket = accept(answers->listener, NULL, NULL);
    CHECK(socket >= 0);
    char request[4096];
    read_request(socket, request, sizeof request);
    write_text(socket, answers->text[i]);
    shutdown(socket, SHUT_WR);
    char byte;
    while (recv(socket, &byte, 1, 0) > 0) {
    }
    close(socket);
  }
  return NULL;
}

static void redirects(void) {
  struct sockaddr_in address;
  struct answers answers;
  memset(&answers, 0, sizeof answers);
  answers.listener = loopback_listener(&address);
  for (int i = 0; i < 2; i++)
    snprintf(answers.text[i], sizeof answers.text[i],
             "HTTP/1.1 302 Found\r\nLocation: ws://127.0.0.1:%s/there\r\nContent-Length: 0\r\n\r\n", echo_port);
  snprintf(answers.text[2], sizeof answers.text[2],
           "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 30\r\nContent-Length: 5\r\n\r\nlater");
  pthread_t thread;
  CHECK_IS(pthread_create(&thread, NULL, answer_all, &answers), 0);
  char port[16], text[300], wanted[300];
  snprintf(port, sizeof port, "%d", ntohs(address.sin_port));
  struct seen seen;
  struct westwind_connect_options options = watched(&seen);
  options.max_redirects = 1;
  struct westwind_error error;
  int ws = westwind_connect_url(url("ws", "127.0.0.1", port, "/here"), &options, 20000, &error);
  CHECK(ws >= 0);
  CHECK_IS(seen.responses, 2);
  CHECK_IS(seen.connects, 1);
  snprintf(wanted, sizeof wanted, "ws://127.0.0.1:%s/there", echo_port);
  CHECK(strcmp(seen.location, wanted) == 0);
  CHECK(westwind_url(ws, text, sizeof text) > 0);
  CHECK(strcmp(text, wanted) == 0);
  echoes(ws, "redirected");
  CHECK_IS(websocket_disconnect(ws), 0);
  /* not followed unless asked for, nor a refusal's cause hidden */
  options.max_redirects = -1;
  CHECK_IS(westwind_connect_url(url("ws", "127.0.0.1", port, "/here"), &options, 20000, &error), -ECONNABORTED);
  CHECK_IS(error.phase, WESTWIND_PHASE_HANDSHAKE);
  CHECK_IS(error.status, 302);
  CHECK_IS(westwind_connect_url(url("ws", "127.0.0.1", port, "/here"), &options, 20000, &error), -ECONNABORTED);
  CHECK_IS(error.status, 503);
  CHECK_IS(seen.status, 503);
  CHECK_IS(pthread_join(thread, NULL), 0);
  close(answers.listener);
}

static void fails(void) {
  struct sockaddr_in address;
  int before = lowest_free();
  int listener = loopback_listener(&address);
  char port[16];
  snprintf(port, sizeof port, "%d", ntohs(address.sin_port));
  struct westwind_error error;
  CHECK_IS(westwind_connect_url(url("ws", "127.0.0.1", port, "/"), NULL, 50, &error), -ETIMEDOUT);
  CHECK_IS(error.phase, WESTWIND_PHASE_HANDSHAKE);
  CHECK(strstr(error.text, "sent nothing") != NULL);
  CHECK_IS(westwind_connect_url(url("wss", "127.0.0.1", port, "/"), NULL, 50, &error), -ETIMEDOUT);
  CHECK_IS(error.phase, WESTWIND_PHASE_TLS);
  close(listener);
  CHECK_IS(westwind_connect_url(url("ws", "127.0.0.1", port, "/"), NULL, 20000, &error), -ECONNREFUSED);
  CHECK_IS(error.phase, WESTWIND_PHASE_CONNECTION);
  CHECK(strstr(error.text, port) != NULL);
  /* on_connect refuses with a number of its own */
  struct seen seen;
  struct westwind_connect_options options = watched(&seen);
  seen.answer = -EPERM;
  CHECK_IS(westwind_connect_url(url("ws", "127.0.0.1", echo_port, ""), &options, 20000, &error), -EPERM);
  CHECK_IS(error.code, -EPERM);
  CHECK_IS(seen.connects, 1);
  CHECK_IS(lowest_free(), before);
  /* on_connect has ended it: there is nothing to return */
  options.on_connect = end_it;
  CHECK_IS(westwind_connect_url(url("ws", "127.0.0.1", echo_port, ""), &options, 20000, &error), -EBADF);
  CHECK_IS(lowest_free(), before);
}

/* A socket of the file system, by its own URL and by an option; the server is this library's too. */
static void *upgrade_two(void *argument) {
  for (int i = 0; i < 2; i++) {
    int socket = accept(*(int *)argument, NULL, NULL), ws = westwind_upgrade(socket, NULL, 20000, NULL);
    CHECK(ws >= 0);
    uint8_t bytes[100];
    int n = westwind_recv_message(ws, bytes, sizeof bytes, NULL, 20000);
    CHECK_IS(websocket_send_msg(ws, bytes, (size_t)n, WEBSOCKET_OPCODE_DATA_TEXT, false, true, 20000), n);
    CHECK_IS(westwind_recv_message(ws, bytes, sizeof bytes, NULL, 20000), 2); /* CLOSE */
    CHECK_IS(websocket_unregister(ws), 0);
  }
  return NULL;
}

static void unix_sockets(void) {
  struct sockaddr_un address;
  memset(&address, 0, sizeof address);
  address.sun_family = AF_UNIX;
  snprintf(address.sun_path, sizeof address.sun_path, "/tmp/westwind-url-%d.sock", (int)getpid());
  unlink(address.sun_path);
  int listener = zsock_socket(AF_UNIX, SOCK_STREAM, 0);
  CHECK_IS(bind(listener, (struct sockaddr *)&address, sizeof address), 0);
  CHECK_IS(listen(listener, 2), 0);
  pthread_t thread;
  CHECK_IS(pthread_create(&thread, NULL, upgrade_two, &listener), 0);
  char text[200];
  struct westwind_connect_options options;
  westwind_connect_options_init(&options);
  options.unix_path = address.sun_path;
  for (int i = 0; i < 2; i++) {
    snprintf(text, sizeof text, i ? "ws://example.org/chat" : "ws+unix://%s:/chat", address.sun_path);
    struct westwind_error error;
    int ws = westwind_connect_url(text, i ? &options : NULL, 20000, &error);
    if (ws < 0) fail(__FILE__, __LINE__, "%s", error.text);
    echoes(ws, "by a path");
    CHECK_IS(westwind_disconnect(ws, 1000, NULL, 20000, NULL), 0);
  }
  CHECK_IS(pthread_join(thread, NULL), 0);
  close(listener);
  unlink(address.sun_path);
}

/* A cancelled thread leaves nothing open. */
static int connect_to_nobody(void *context) {
  return westwind_connect_url(url("ws", "127.0.0.1", (const char *)context, "/"), NULL, SYS_FOREVER_MS, NULL);
}

static int upgrade_nobody(void *context) { return westwind_upgrade(*(int *)context, NULL, SYS_FOREVER_MS, NULL); }

static void cancelled(void) {
  struct sockaddr_in address;
  int listener = loopback_listener(&address), socket, peer;
  char port[16];
  snprintf(port, sizeof port, "%d", ntohs(address.sin_port));
  tcp_pair(&socket, &peer);
  int before = lowest_free();
  struct blocked_call calls[2];
  memset(calls, 0, sizeof calls);
  begin_blocked(&calls[0], connect_to_nobody, port);
  begin_blocked(&calls[1], upgrade_nobody, &socket);
  for (int i = 0; i < 2; i++) {
    void *result = NULL;
    CHECK_IS(pthread_cancel(calls[i].thread), 0);
    CHECK_IS(join_in_time(calls[i].thread, &result), 0);
    CHECK(result == PTHREAD_CANCELED);
  }
  CHECK_IS(lowest_free(), before);
  /* The socket has no WebSocket, and its request may still come. */
  write_text(peer, "GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                   "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
  int ws = westwind_upgrade(socket, NULL, 20000, NULL);
  CHECK(ws >= 0);
  CHECK_IS(websocket_unregister(ws), 0);
  close(peer);
  close(listener);
}

int main(int count, char **arguments) {
  CHECK_IS(count, 8);
  unsetenv("http_proxy");
  unsetenv("all_proxy");
  unsetenv("https_proxy");
  echo_port = arguments[1];
  deflate_port = arguments[2];
  tls_port = arguments[3];
  proxy_port = arguments[4];
  certificate_file = arguments[5];
  key_file = arguments[6];
  other_file = arguments[7];
  ends();
  compresses();
  proxied();
  secure();
  told_of_sockets();
  mistakes();
  redirects();
  fails();
  unix_sockets();
  cancelled();
  return 0;
}
