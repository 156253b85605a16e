/* Numbers that the program closes by close(2), behind the library's back, and that the kernel gives to others. */
#include "session.h"

#include <fcntl.h>

static uint8_t byte[10];

/* A TCP socket of the library's that has the number of one that was closed. */
static int reopened(int number) {
  int socket = zsock_socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
  CHECK_IS(socket, number);
  return socket;
}

static void the_number_of_a_web_socket(void) {
  struct session session;
  open_client(&session);
  close(session.ws);
  int socket = reopened(session.ws);
  CHECK_FAILS(zsock_send(socket, "x", 1, ZSOCK_MSG_DONTWAIT), EPIPE); /* the kernel's: it is not connected */
  CHECK_FAILS(zsock_recv(socket, byte, 1, ZSOCK_MSG_DONTWAIT), ENOTCONN);
  CHECK_IS(websocket_recv_msg(socket, byte, 1, NULL, NULL, 1000), -ENOENT);
  CHECK_FAILS(websocket_disconnect(socket), ENOENT);
  CHECK_SILENT(session.peer); /* nothing went to the peer of the old one */
  /* The socket below is free for another WebSocket. */
  open_client_over(&session);
  CHECK_IS(zsock_close(socket), 0);
  CHECK_FAILS(fcntl(socket, F_GETFD), EBADF);
  end(&session);
}

static void the_number_of_a_web_socket_that_is_a_file_now(void) {
  for (int way = 0; way < 3; way++) {
    struct session session;
    open_client(&session);
    close(session.ws);
    int file = open("/dev/null", O_RDWR);
    CHECK_IS(file, session.ws);
    if (way == 0) CHECK_FAILS(websocket_disconnect(file), ENOENT);
    if (way == 1) CHECK_IS(websocket_unregister(file), -ENOENT);
    if (way < 2) {
      CHECK(fcntl(file, F_GETFD) >= 0);
      close(file);
    } else {
      CHECK_IS(zsock_close(file), 0);
      CHECK_FAILS(fcntl(file, F_GETFD), EBADF);
    }
    open_client_over(&session);
    end(&session);
  }
}

static void a_web_socket_that_is_another_file_by_dup2(void) {
  struct session session;
  open_client(&session);
  int file = open("/dev/null", O_RDWR);
  CHECK_IS(dup2(file, session.ws), session.ws);
  CHECK_FAILS(websocket_disconnect(session.ws), ENOENT);
  CHECK(fcntl(session.ws, F_GETFD) >= 0);
  close(session.ws);
  close(file);
  close(session.socket);
  close(session.peer);
}

/* Nobody's bytes go to the new connection. */
static void the_number_of_the_socket_below(void) {
  struct session session;
  open_client(&session);
  int old = session.peer;
  close(session.socket);
  int ends[2];
  CHECK_IS(zsock_socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
  CHECK_IS(ends[0], session.socket);
  CHECK_IS(websocket_send_msg(session.ws, (const uint8_t *)"hello", 5, WEBSOCKET_OPCODE_DATA_TEXT, true, true, 500), -ENOTCONN);
  CHECK_IS(websocket_recv_msg(session.ws, byte, 1, NULL, NULL, 1000), -ENOTCONN);
  CHECK_IS(websocket_disconnect(session.ws), 0);
  CHECK_SILENT(ends[1]);
  /* The new socket takes a WebSocket of its own. */
  session.peer = ends[1];
  open_client_over(&session);
  end(&session);
  close(old);
}

/* As above, by calls that the library does not see. */
static void the_number_of_the_socket_below_unseen(void) {
  for (int way = 0; way < 2; way++) {
    struct session session;
    open_client(&session);
    int old = session.ws, old_peer = session.peer, ends[2];
    close(session.socket);
    CHECK_IS(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
    CHECK_IS(ends[0], session.socket);
    session.peer = ends[1];
    if (way == 0) {
      CHECK_IS(websocket_disconnect(old), 0);
      CHECK_SILENT(session.peer);
      open_client_over(&session);
    } else {
      open_client_over(&session);
      CHECK_IS(websocket_send_msg(old, byte, 1, WEBSOCKET_OPCODE_DATA_BINARY, true, true, 500), -ENOTCONN);
      CHECK_IS(websocket_disconnect(old), 0);
      CHECK_SILENT(session.peer);
    }
    end(&session);
    close(old_peer);
  }
}

/* The order of Zephyr's own OCPP client: close the TCP socket, connect another, and only then disconnect the old WebSocket. */
static void zsock_close_of_the_socket_below(void) {
  struct session session;
  open_client(&session);
  int old = session.ws, old_peer = session.peer, ends[2];
  CHECK_IS(zsock_close(session.socket), 0);
  struct wire_frame farewell = read_frame(old_peer);
  CHECK_IS(farewell.first, 0x88);
  free(farewell.payload);
  CHECK_IS(zsock_socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
  CHECK_IS(ends[0], session.socket);
  CHECK_IS(websocket_recv_msg(old, byte, 1, NULL, NULL, 1000), -ENOTCONN);
  CHECK_IS(websocket_disconnect(old), 0);
  session.peer = ends[1];
  open_client_over(&session);
  CHECK_IS(websocket_send_msg(session.ws, (const uint8_t *)"x", 1, WEBSOCKET_OPCODE_DATA_BINARY, true, true, 500), 1);
  CHECK_FRAME(session.peer, 0x82, true, "x", 1);
  end(&session);
  close(old_peer);
}

int main(void) {
  alarm(60);
  the_number_of_a_web_socket();
  the_number_of_a_web_socket_that_is_a_file_now();
  a_web_socket_that_is_another_file_by_dup2();
  the_number_of_the_socket_below();
  the_number_of_the_socket_below_unseen();
  zsock_close_of_the_socket_below();
  return 0;
}
