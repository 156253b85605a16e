/* Whom a TLS socket and an MQTT client believe: host names, pins, and the program's own judge; and what is known of the
 * connection: trust CERTIFICATE KEY OTHER-CERTIFICATE, each a PEM file; the first is for localhost and 127.0.0.1. */
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

/* Takes clients and shakes hands, until there is a last one that says 'q'. */
static void *serve(void *unused) {
  (void)unused;
  for (char byte = 0; byte != 'q';) {
    int socket = zsock_accept(listener, NULL, NULL);
    if (socket < 0) continue;
    byte = 0;
    while (zsock_recv(socket, &byte, 1, 0) == 1 && byte != 'q') continue;
    zsock_close(socket);
  }
  return NULL;
}

static int client_socket(sec_tag_t tag) {
  int socket = zsock_socket(AF_INET, SOCK_STREAM, IPPROTO_TLS_1_2);
  CHECK(socket >= 0);
  set_tags(socket, tag);
  return socket;
}

static int connected(int socket) { return zsock_connect(socket, (struct sockaddr *)&address, sizeof address); }

/* Sets a name, and connects where that was taken. Returns 0, or errno with a minus: the option's before the connection's. */
static int with_name(const char *name, socklen_t length) {
  int socket = client_socket(CLIENT_TAG);
  int code = zsock_setsockopt(socket, SOL_TLS, TLS_HOSTNAME, name, length) == 0 && connected(socket) == 0 ? 0 : -errno;
  CHECK_IS(zsock_close(socket), 0);
  return code;
}

static void names(void) {
  CHECK_IS(with_name("localhost", 9), 0);
  CHECK_IS(with_name("localhost", 10), 0);
  CHECK_IS(with_name("wrong.example", 13), -ECONNABORTED);
  /* Nothing else than NULL says that any name will do. */
  CHECK_IS(with_name(NULL, 0), 0);
  CHECK_IS(with_name("", 0), -EINVAL);
  CHECK_IS(with_name("", 1), -EINVAL);
  CHECK_IS(with_name("\0localhost", 10), -EINVAL);
  /* A name that is refused leaves the check as it was; a later one brings it back. */
  int socket = client_socket(CLIENT_TAG);
  CHECK_FAILS(zsock_setsockopt(socket, SOL_TLS, TLS_HOSTNAME, "", 0), EINVAL);
  CHECK_FAILS(connected(socket), EINVAL);
  CHECK_IS(zsock_setsockopt(socket, SOL_TLS, TLS_HOSTNAME, NULL, 0), 0);
  CHECK_IS(zsock_setsockopt(socket, SOL_TLS, TLS_HOSTNAME, "wrong.example", 13), 0);
  CHECK_FAILS(connected(socket), ECONNABORTED);
  CHECK_IS(zsock_close(socket), 0);
}

static void ignore(struct mqtt_client *client, const struct mqtt_evt *event) {
  (void)client;
  (void)event;
}

static int mqtt_with(int verify, const char *name, const char *pins) {
  static uint8_t receive[256], transmit[256];
  static const sec_tag_t tags[] = {CLIENT_TAG};
  struct mqtt_client client;
  mqtt_client_init(&client);
  client.broker = &address;
  client.evt_cb = ignore;
  client.client_id.utf8 = (const uint8_t *)"x";
  client.client_id.size = 1;
  client.rx_buf = receive;
  client.rx_buf_size = sizeof receive;
  client.tx_buf = transmit;
  client.tx_buf_size = sizeof transmit;
  client.transport.type = MQTT_TRANSPORT_SECURE;
  client.transport.tls.config.peer_verify = verify;
  client.transport.tls.config.sec_tag_list = tags;
  client.transport.tls.config.sec_tag_count = 1;
  client.transport.tls.config.hostname = name;
  client.transport.tls.config.pins = pins;
  struct westwind_tls_info info;
  CHECK_IS(westwind_mqtt_tls_info(&client, &info), -ENOTCONN);
  CHECK_IS(westwind_mqtt_tls_info(NULL, &info), -EINVAL);
  int code = mqtt_connect(&client);
  CHECK_IS(westwind_mqtt_tls_info(&client, &info), code == 0 ? 0 : -ENOTCONN);
  if (code == 0) CHECK(strcmp(info.version, "TLSv1.3") == 0 && strcmp(info.subject, "CN=westwind test") == 0);
  CHECK_IS(westwind_mqtt_tls_info(&client, NULL), -EINVAL);
  mqtt_abort(&client);
  return code;
}

static void mqtt_names(void) {
  CHECK_IS(mqtt_with(TLS_PEER_VERIFY_REQUIRED, "localhost", NULL), 0);
  CHECK_IS(mqtt_with(TLS_PEER_VERIFY_REQUIRED, NULL, NULL), 0); /* its address, which the certificate is for */
  CHECK_IS(mqtt_with(TLS_PEER_VERIFY_REQUIRED, "wrong.example", NULL), -ECONNABORTED);
  CHECK_IS(mqtt_with(TLS_PEER_VERIFY_REQUIRED, "", NULL), -EINVAL);
  CHECK_IS(mqtt_with(TLS_PEER_VERIFY_NONE, "", NULL), 0);
}

/* A tag of which there is nothing: nobody has said that the system's authorities are to be believed. */
static void no_credentials(void) {
  int socket = client_socket(77);
  CHECK_IS(zsock_setsockopt(socket, SOL_TLS, TLS_HOSTNAME, "localhost", 9), 0);
  CHECK_FAILS(connected(socket), EINVAL);
  struct westwind_tls_info info;
  CHECK_IS(westwind_tls_info(socket, &info), 0);
  CHECK(strstr(info.error, "the tag 77") != NULL);
  CHECK_IS(zsock_close(socket), 0);
}

/* What the library says of the server, and the pins that it gives. */
static struct westwind_tls_info facts(void) {
  struct westwind_tls_info info, none;
  int socket = client_socket(CLIENT_TAG);
  CHECK_IS(westwind_tls_info(socket, NULL), -EINVAL);
  CHECK_IS(westwind_tls_info(socket, &info), 0);
  CHECK(info.version[0] == 0 && info.error[0] == 0 && !info.has_certificate);
  CHECK_IS(zsock_setsockopt(socket, SOL_TLS, TLS_HOSTNAME, "localhost", 9), 0);
  CHECK_IS(connected(socket), 0);
  CHECK_IS(westwind_tls_info(socket, &info), 0);
  CHECK(strcmp(info.version, "TLSv1.3") == 0 && strncmp(info.cipher_suite, "TLS_", 4) == 0);
  CHECK(info.application_protocol[0] == 0 && !info.is_resumed && info.has_certificate && info.error[0] == 0);
  CHECK(strcmp(info.subject, "CN=westwind test") == 0 && strcmp(info.issuer, info.subject) == 0);
  uint8_t der[4096], digest[32];
  size_t size = 0;
  CHECK_IS(westwind_tls_peer_certificate(socket, NULL, &size), -EFBIG);
  CHECK(size > 100 && size < sizeof der);
  size_t needed = size--;
  CHECK_IS(westwind_tls_peer_certificate(socket, der, &size), -EFBIG);
  CHECK_IS(size, needed);
  CHECK_IS(westwind_tls_peer_certificate(socket, der, &size), 0);
  SHA256(der, size, digest);
  CHECK(memcmp(digest, info.certificate_sha256, sizeof digest) == 0);
  CHECK_IS(westwind_tls_peer_certificate(socket, der, NULL), -EINVAL);
  CHECK_IS(westwind_tls_peer_certificate(socket, NULL, &size), -EINVAL);
  CHECK_IS(zsock_close(socket), 0);

  int plain = zsock_socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
  CHECK_IS(westwind_tls_info(plain, &none), -ENOPROTOOPT);
  CHECK_IS(westwind_tls_peer_certificate(plain, der, &size), -ENOPROTOOPT);
  CHECK_IS(zsock_close(plain), 0);
  CHECK_IS(westwind_tls_info(-1, &none), -ENOPROTOOPT);
  return info;
}

static int with_pins(const char *pins, int verify) {
  int socket = client_socket(verify == TLS_PEER_VERIFY_NONE ? OTHER_TAG : CLIENT_TAG);
  CHECK_IS(zsock_setsockopt(socket, SOL_TLS, TLS_HOSTNAME, "localhost", 9), 0);
  set_number(socket, TLS_PEER_VERIFY, verify);
  int code = zsock_setsockopt(socket, SOL_TLS, WESTWIND_TLS_PINS, pins, (socklen_t)strlen(pins)) == 0 && connected(socket) == 0
                 ? 0 : -errno;
  struct westwind_tls_info info;
  CHECK_IS(westwind_tls_info(socket, &info), 0);
  CHECK((code == -ECONNABORTED) == (strstr(info.error, "pinned") != NULL));
  CHECK_IS(zsock_close(socket), 0);
  return code;
}

static void pins(const struct westwind_tls_info *known) {
  static const char other[] = "sha256//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
  char both[200];
  snprintf(both, sizeof both, "%s;%s", other, known->public_key_pin);
  static const int ways[] = {TLS_PEER_VERIFY_REQUIRED, TLS_PEER_VERIFY_NONE};
  for (int i = 0; i < 2; i++) {
    CHECK_IS(with_pins(known->public_key_pin, ways[i]), 0);
    CHECK_IS(with_pins(known->certificate_pin, ways[i]), 0);
    CHECK_IS(with_pins(both, ways[i]), 0);
    CHECK_IS(with_pins("", ways[i]), 0);
    CHECK_IS(with_pins(other, ways[i]), -ECONNABORTED);
    CHECK_IS(with_pins("nonsense", ways[i]), -EINVAL);
    CHECK_IS(with_pins(";", ways[i]), -EINVAL);
    CHECK_IS(mqtt_with(ways[i], "localhost", both), 0);
    CHECK_IS(mqtt_with(ways[i], "localhost", other), -ECONNABORTED);
    CHECK_IS(mqtt_with(ways[i], "localhost", "nonsense"), -EINVAL);
  }
}

/* How the program judges, and what it was shown. */
struct judge {
  int returns;
  uint32_t clears;
  uint32_t sets;
  int calls;
  int depth;
  uint32_t seen;
  char subject[64];
  size_t size;
};

static int judge(void *context, const struct westwind_certificate *certificate, int depth, uint32_t *flags) {
  struct judge *own = (struct judge *)context;
  own->calls++;
  own->depth = depth;
  own->seen = *flags;
  own->size = certificate->der_len;
  CHECK(certificate->der[0] == 0x30);
  snprintf(own->subject, sizeof own->subject, "%s", certificate->subject);
  CHECK(strcmp(certificate->issuer, certificate->subject) == 0);
  *flags = (*flags & ~own->clears) | own->sets;
  return own->returns;
}

static int judged(struct judge *own, sec_tag_t tag, const char *name, int verify) {
  int socket = client_socket(tag);
  CHECK_IS(zsock_setsockopt(socket, SOL_TLS, TLS_HOSTNAME, name, (socklen_t)strlen(name)), 0);
  set_number(socket, TLS_PEER_VERIFY, verify);
  struct tls_cert_verify_cb callback = {(void *)judge, own};
  CHECK_FAILS(zsock_setsockopt(socket, SOL_TLS, TLS_CERT_VERIFY_CALLBACK, &callback, sizeof callback - 1), EINVAL);
  CHECK_IS(zsock_setsockopt(socket, SOL_TLS, TLS_CERT_VERIFY_CALLBACK, &callback, sizeof callback), 0);
  int code = connected(socket) == 0 ? 0 : -errno;
  if (code == 0) {
    /* What the program has let pass is no longer wrong. */
    int result = -1;
    socklen_t length = sizeof result;
    CHECK_IS(zsock_getsockopt(socket, SOL_TLS, TLS_CERT_VERIFY_RESULT, &result, &length), 0);
    CHECK_IS(result, own->seen & ~own->clears);
  }
  if (code == 0) CHECK_FAILS(zsock_setsockopt(socket, SOL_TLS, TLS_CERT_VERIFY_CALLBACK, &callback, sizeof callback), ENOPROTOOPT);
  CHECK_IS(zsock_close(socket), 0);
  CHECK_IS(own->calls, 1);
  CHECK_IS(own->depth, 0);
  CHECK(strcmp(own->subject, "CN=westwind test") == 0 && own->size > 100);
  return code;
}

/* A server without a proof is refused where one is required. */
static void staples(void) {
  for (int way = WESTWIND_TLS_STAPLING_OFF; way <= WESTWIND_TLS_STAPLING_REQUIRED; way++) {
    int socket = client_socket(CLIENT_TAG);
    CHECK_IS(zsock_setsockopt(socket, SOL_TLS, TLS_HOSTNAME, "localhost", 9), 0);
    set_number(socket, WESTWIND_TLS_STAPLING, way);
    int three = 3;
    CHECK_FAILS(zsock_setsockopt(socket, SOL_TLS, WESTWIND_TLS_STAPLING, &three, sizeof three), EINVAL);
    if (way != WESTWIND_TLS_STAPLING_REQUIRED) {
      CHECK_IS(connected(socket), 0);
    } else {
      CHECK_FAILS(connected(socket), ECONNABORTED);
      struct westwind_tls_info info;
      CHECK_IS(westwind_tls_info(socket, &info), 0);
      CHECK(strstr(info.error, "no proof") != NULL);
    }
    CHECK_IS(zsock_close(socket), 0);
  }
}

static void callbacks(void) {
  const int required = TLS_PEER_VERIFY_REQUIRED;
  struct judge content = {0, 0, 0, 0, 0, 0, "", 0}, own = content;
  CHECK_IS(judged(&own, CLIENT_TAG, "localhost", required), 0);
  CHECK_IS(own.seen, 0);
  own = content;
  own.returns = -1;
  CHECK_IS(judged(&own, CLIENT_TAG, "localhost", required), -ECONNABORTED);
  own = content;
  own.sets = WESTWIND_CERT_OTHER;
  CHECK_IS(judged(&own, CLIENT_TAG, "localhost", required), -ECONNABORTED);
  /* What is wrong is shown, and passes where the program says so. */
  own = content;
  CHECK_IS(judged(&own, CLIENT_TAG, "wrong.example", required), -ECONNABORTED);
  CHECK_IS(own.seen, WESTWIND_CERT_NAME);
  own = content;
  own.clears = WESTWIND_CERT_NAME;
  CHECK_IS(judged(&own, CLIENT_TAG, "wrong.example", required), 0);
  own = content;
  own.clears = WESTWIND_CERT_NAME;
  CHECK_IS(judged(&own, OTHER_TAG, "wrong.example", required), -ECONNABORTED);
  CHECK_IS(own.seen, WESTWIND_CERT_NAME | WESTWIND_CERT_NOT_TRUSTED);
  own = content;
  own.clears = WESTWIND_CERT_NAME | WESTWIND_CERT_NOT_TRUSTED;
  CHECK_IS(judged(&own, OTHER_TAG, "wrong.example", required), 0);
  own = content;
  own.returns = -1;
  CHECK_IS(judged(&own, OTHER_TAG, "localhost", TLS_PEER_VERIFY_NONE), -ECONNABORTED);
  /* An optional check refuses nobody. */
  own = content;
  CHECK_IS(judged(&own, OTHER_TAG, "localhost", TLS_PEER_VERIFY_OPTIONAL), 0);
  CHECK_IS(own.seen, WESTWIND_CERT_NOT_TRUSTED);
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
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof address;
  CHECK_IS(zsock_bind(listener, (struct sockaddr *)&address, length), 0);
  CHECK_IS(zsock_listen(listener, 8), 0);
  CHECK_IS(zsock_getsockname(listener, (struct sockaddr *)&address, &length), 0);
  pthread_t thread;
  CHECK_IS(pthread_create(&thread, NULL, serve, NULL), 0);
  names();
  mqtt_names();
  no_credentials();
  struct westwind_tls_info known = facts();
  pins(&known);
  staples();
  callbacks();
  int socket = client_socket(CLIENT_TAG);
  CHECK_IS(zsock_setsockopt(socket, SOL_TLS, TLS_HOSTNAME, "localhost", 9), 0);
  CHECK_IS(connected(socket), 0);
  CHECK_IS(zsock_send(socket, "q", 1, 0), 1);
  CHECK_IS(pthread_join(thread, NULL), 0);
  CHECK_IS(zsock_close(socket), 0);
  CHECK_IS(zsock_close(listener), 0);
  return 0;
}
