/* A descriptor that is ready and gives nothing, and a peer that never stops: no call goes round past its time.

   bounded_waits CERTIFICATE KEY */
#include "blocked.h"

#include <linux/net_tstamp.h>
#include <openssl/ssl.h>
#include <sys/resource.h>

static double processor_seconds(void) {
  struct rusage usage;
  CHECK_IS(getrusage(RUSAGE_SELF, &usage), 0);
  return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
         (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

/* The socket's queue of errors holds a time stamp, which is the program's to read: the socket polls ready, and gives nothing. */
static void receive_beside_queued_errors(void) {
  struct session session;
  open_client(&session);
  int option = SOF_TIMESTAMPING_TX_SOFTWARE | SOF_TIMESTAMPING_SOFTWARE;
  CHECK_IS(setsockopt(session.socket, SOL_SOCKET, SO_TIMESTAMPING, &option, sizeof option), 0);
  CHECK_IS(websocket_send_msg(session.ws, (const uint8_t *)"x", 1, WEBSOCKET_OPCODE_PING, true, true, 1000), 1);
  struct pollfd entry = {session.socket, 0, 0};
  CHECK_IS(poll(&entry, 1, PATIENCE * 1000), 1);
  CHECK(entry.revents & POLLERR);
  uint8_t bytes[100];
  double before = processor_seconds();
  CHECK_IS(websocket_recv_msg(session.ws, bytes, sizeof bytes, NULL, NULL, 300), -EAGAIN);
  printf("beside queued errors: %.3f s of the processor in 0.3 s\n", processor_seconds() - before);
  CHECK_IS(websocket_disconnect(session.ws), 0);
  close(session.socket);
  close(session.peer);
}

struct tls_server {
  int listener;
  const char *certificate, *key;
};

static void *update_keys(void *argument) {
  struct tls_server *server = (struct tls_server *)argument;
  SSL_CTX *context = SSL_CTX_new(TLS_server_method());
  CHECK_IS(SSL_CTX_use_certificate_file(context, server->certificate, SSL_FILETYPE_PEM), 1);
  CHECK_IS(SSL_CTX_use_PrivateKey_file(context, server->key, SSL_FILETYPE_PEM), 1);
  int socket = accept(server->listener, NULL, NULL);
  CHECK(socket >= 0);
  struct timeval limit = {1, 0};
  CHECK_IS(setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit), 0);
  SSL *tls = SSL_new(context);
  CHECK_IS(SSL_set_fd(tls, socket), 1);
  CHECK_IS(SSL_accept(tls), 1);
  /* It reads nothing, so the answers fill the client's socket; then the client stops reading, and this times out. */
  for (int round = 0; round < 200000; round++) {
    if (SSL_write(tls, "x", 1) <= 0) break;
    SSL_key_update(tls, SSL_KEY_UPDATE_REQUESTED);
    if (SSL_do_handshake(tls) <= 0) break;
  }
  SSL_free(tls);
  SSL_CTX_free(context);
  close(socket);
  return NULL;
}

static void receive_from_one_that_updates_keys(const char *certificate, const char *key) {
  struct tls_server server = {socket(AF_INET, SOCK_STREAM, 0), certificate, key};
  int small = 4096;
  CHECK_IS(setsockopt(server.listener, SOL_SOCKET, SO_RCVBUF, &small, sizeof small), 0);
  struct sockaddr_in address;
  memset(&address, 0, sizeof address);
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof address;
  CHECK_IS(bind(server.listener, (struct sockaddr *)&address, length), 0);
  CHECK_IS(listen(server.listener, 1), 0);
  CHECK_IS(getsockname(server.listener, (struct sockaddr *)&address, &length), 0);
  pthread_t thread;
  CHECK_IS(pthread_create(&thread, NULL, update_keys, &server), 0);

  int client = zsock_socket(AF_INET, SOCK_STREAM, IPPROTO_TLS_1_2);
  CHECK(client >= 0);
  int none = TLS_PEER_VERIFY_NONE;
  CHECK_IS(zsock_setsockopt(client, SOL_TLS, TLS_PEER_VERIFY, &none, sizeof none), 0);
  CHECK_IS(zsock_setsockopt(client, SOL_SOCKET, SO_SNDBUF, &small, sizeof small), 0);
  CHECK_IS(zsock_connect(client, (struct sockaddr *)&address, length), 0);
  /* Until the server has given up: each call returns, which the alarm sees to. */
  uint8_t bytes[1000];
  double slowest = 0, last = seconds();
  while (seconds() - last < 2) {
    double begun = seconds();
    ssize_t count = zsock_recv(client, bytes, sizeof bytes, ZSOCK_MSG_DONTWAIT);
    if (seconds() - begun > slowest) slowest = seconds() - begun;
    if (count > 0) {
      last = seconds();
    } else if (count == 0 || errno != EAGAIN) {
      break;
    } else {
      struct timespec pause = {0, 100000};
      nanosleep(&pause, NULL);
    }
  }
  printf("from one that updates keys: a call that does not wait took %.3f s at the most\n", slowest);
  zsock_close(client);
  CHECK_IS(join_in_time(thread, NULL), 0);
  close(server.listener);
}

int main(int count, char **arguments) {
  CHECK_IS(count, 3);
  signal(SIGPIPE, SIG_IGN);
  alarm(8 * PATIENCE);
  receive_beside_queued_errors();
  receive_from_one_that_updates_keys(arguments[1], arguments[2]);
  return 0;
}
