/* websocket_disconnect, websocket_register, websocket_unregister and zsock_close of a WebSocket. */
#include "session.h"

static void disconnect(void) {
  struct session session;
  open_client(&session);
  /* The peer has not answered, and nobody waits for it. */
  CHECK_IS(websocket_disconnect(session.ws), 0);
  CHECK_FRAME(session.peer, 0x88, true, "", 0);
  CHECK_SILENT(session.peer);
  CHECK_FAILS(websocket_disconnect(session.ws), EBADF);
  CHECK_FAILS(websocket_disconnect(-1), EBADF);
  /* Not a WebSocket: it stays open. */
  CHECK_FAILS(websocket_disconnect(session.socket), ENOENT);
  CHECK(fcntl(session.socket, F_GETFD) != -1);
  close(session.socket);
  close(session.peer);

  /* zsock_close is the same. */
  open_server(&session);
  CHECK_IS(zsock_close(session.ws), 0);
  CHECK_FRAME(session.peer, 0x88, false, "", 0);
  CHECK_FAILS(zsock_close(session.ws), EBADF);
  write_all(session.socket, "x", 1);
  close(session.socket);
  close(session.peer);

  /* The peer has gone already: that is no error. */
  open_client(&session);
  close(session.peer);
  CHECK_IS(websocket_disconnect(session.ws), 0);
  close(session.socket);
}

/* CLOSE cannot leave at once; all is free all the same, and the socket can have another WebSocket. */
static void disconnect_when_full(void) {
  struct session session;
  open_client_to_fill(&session);
  char bytes[1000] = "";
  while (send(session.socket, bytes, sizeof bytes, MSG_DONTWAIT) > 0) continue;
  while (send(session.socket, bytes, 1, MSG_DONTWAIT) > 0) continue;
  CHECK_FAILS(websocket_disconnect(session.ws), ETIMEDOUT);
  CHECK_FAILS(fcntl(session.ws, F_GETFD), EBADF);
  session.ws = websocket_register(session.socket, session.memory, sizeof session.memory);
  CHECK(session.ws >= 0);
  CHECK_IS(websocket_unregister(session.ws), 0);
  CHECK_FAILS(fcntl(session.socket, F_GETFD), EBADF);
  close(session.peer);
}

static void server_role(void) {
  struct session session;
  tcp_pair(&session.socket, &session.peer);
  CHECK_IS(websocket_register(-1, session.memory, sizeof session.memory), -EINVAL);
  CHECK_IS(websocket_register(session.socket, NULL, 0), -EINVAL);
  CHECK_IS(websocket_register(1023, session.memory, sizeof session.memory), -EBADF);
  session.ws = websocket_register(session.socket, session.memory, sizeof session.memory);
  CHECK(session.ws >= 0);
  CHECK_IS(websocket_register(session.socket, session.memory, sizeof session.memory), -EEXIST);
  send_frame(session.peer, 0x81, true, "from a client", 13);
  uint8_t got[16];
  CHECK_IS(websocket_recv_msg(session.ws, got, sizeof got, NULL, NULL, 20000), 13);
  CHECK(memcmp(got, "from a client", 13) == 0);
  /* A server masks neither with the plain calls nor its CLOSE. */
  CHECK_IS(zsock_send(session.ws, "plain", 5, 0), 5);
  CHECK_FRAME(session.peer, 0x81, false, "plain", 5);

  CHECK_IS(websocket_unregister(-1), -EINVAL);
  CHECK_IS(websocket_unregister(1023), -ENOENT);
  CHECK_IS(websocket_unregister(session.peer), -ENOENT);
  CHECK(fcntl(session.peer, F_GETFD) != -1);
  CHECK_IS(websocket_unregister(session.ws), 0);
  CHECK_FRAME(session.peer, 0x88, false, "", 0);
  char byte;
  CHECK_IS(read(session.peer, &byte, 1), 0);
  CHECK_FAILS(fcntl(session.socket, F_GETFD), EBADF);
  CHECK_IS(websocket_unregister(session.ws), -ENOENT);
  close(session.peer);
}

static void *unregister(void *ws) { return (void *)(intptr_t)websocket_unregister(*(int *)ws); }

/* Two threads at once: one frees it, and the other is told so; the socket is closed once. */
static void unregistered_twice(void) {
  for (int round = 0; round < 50; round++) {
    struct session session;
    open_server(&session);
    pthread_t thread;
    CHECK_IS(pthread_create(&thread, NULL, unregister, &session.ws), 0);
    int ours = websocket_unregister(session.ws);
    void *result;
    pthread_join(thread, &result);
    int theirs = (int)(intptr_t)result;
    CHECK((ours == 0) != (theirs == 0));
    int other = ours == 0 ? theirs : ours;
    CHECK(other == -EALREADY || other == -ENOENT);
    close(session.peer);
  }
}

int main(void) {
  disconnect();
  disconnect_when_full();
  server_role();
  unregistered_twice();
  return 0;
}
