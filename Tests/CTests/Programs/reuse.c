/* Eight threads open WebSockets, use them, and close their numbers in every order that there is, by the library's calls and
   behind its back. So each number means many things, and no byte may reach the wrong one.

   reuse SECONDS SEED */
#include "session.h"

#include <fcntl.h>
#include <time.h>

enum { THREADS = 8 };

static double end_time;

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

struct worker {
  uint64_t state; /* SplitMix64 */
  uint32_t number, serial;
  unsigned long rounds;
  pthread_t thread;
};

static uint32_t below(struct worker *worker, uint32_t limit) {
  uint64_t z = worker->state += 0x9E3779B97F4A7C15;
  z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9;
  z = (z ^ z >> 27) * 0x94D049BB133111EB;
  return (uint32_t)((z ^ z >> 31) % limit);
}

struct stamp {
  uint32_t worker, serial, letters[6];
};

static struct stamp next_stamp(struct worker *worker) {
  struct stamp stamp;
  stamp.worker = worker->number;
  stamp.serial = ++worker->serial;
  for (int i = 0; i < 6; i++) stamp.letters[i] = stamp.worker * 7919 + stamp.serial * 104729 + (uint32_t)i;
  return stamp;
}

static void open_pair(struct worker *worker, int ends[2]) {
  switch (below(worker, 3)) {
  case 0: CHECK_IS(zsock_socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0); break;
  case 1: CHECK_IS(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0); break;
  default: {
    struct sockaddr_in address;
    int listener = loopback_listener(&address);
    ends[0] = zsock_socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
    CHECK(ends[0] >= 0);
    CHECK_IS(zsock_connect(ends[0], (struct sockaddr *)&address, sizeof address), 0);
    ends[1] = accept(listener, NULL, NULL);
    CHECK(ends[1] >= 0);
    close(listener);
  }
  }
}

/* Frames of a message each, there and back. */
static void use(struct worker *worker, int ws, int peer) {
  for (uint32_t i = below(worker, 4); i > 0; i--) {
    struct stamp stamp = next_stamp(worker), got;
    if (below(worker, 2)) {
      send_frame(peer, 0x82, true, &stamp, sizeof stamp);
      struct zsock_pollfd entry = {ws, ZSOCK_POLLIN, 0};
      if (below(worker, 2)) CHECK_IS(zsock_poll(&entry, 1, 30000), 1);
      uint64_t remaining = 1;
      CHECK_IS(websocket_recv_msg(ws, (uint8_t *)&got, sizeof got, NULL, &remaining, 30000), sizeof got);
      CHECK_IS(remaining, 0);
      CHECK(memcmp(&got, &stamp, sizeof got) == 0);
    } else {
      CHECK_IS(websocket_send_msg(ws, (const uint8_t *)&stamp, sizeof stamp, WEBSOCKET_OPCODE_DATA_BINARY, false, true, 30000),
               sizeof stamp);
      CHECK_FRAME(peer, 0x82, false, &stamp, sizeof stamp);
    }
  }
}

/* Every order in which a program can end a WebSocket and its socket. */
static void end_somehow(struct worker *worker, int ws, int socket) {
  switch (below(worker, 9)) {
  case 0:
    CHECK_IS(websocket_disconnect(ws), 0);
    CHECK_IS(zsock_close(socket), 0);
    break;
  case 1: CHECK_IS(websocket_unregister(ws), 0); break;
  case 2:
    CHECK_IS(zsock_close(socket), 0);
    CHECK_IS(websocket_disconnect(ws), 0);
    break;
  case 3:
    CHECK_IS(zsock_close(ws), 0);
    CHECK_IS(close(socket), 0);
    break;
  case 4:
    CHECK_IS(zsock_close(socket), 0);
    CHECK_IS(zsock_close(ws), 0);
    break;
  case 5: /* both behind the library's back */
    close(ws);
    close(socket);
    break;
  case 6:
    close(socket);
    close(ws);
    break;
  case 7: /* the socket only: the WebSocket ends when its number is another's, or when it is asked */
    close(socket);
    CHECK_IS(websocket_disconnect(ws), 0);
    break;
  default:
    close(socket);
    sched_yield();
    CHECK_IS(websocket_unregister(ws), 0);
  }
}

static void *work(void *argument) {
  struct worker *worker = (struct worker *)argument;
  static __thread uint8_t memory[4096];
  while (now() < end_time) {
    int ends[2], pipes[2] = {-1, -1};
    if (below(worker, 3) == 0) CHECK_IS(pipe(pipes), 0);
    open_pair(worker, ends);
    int ws = websocket_register(ends[0], memory, sizeof memory);
    if (ws < 0) fail(__FILE__, __LINE__, "websocket_register(%d) is %d", ends[0], ws);
    use(worker, ws, ends[1]);
    end_somehow(worker, ws, ends[0]);
    /* Whatever has the numbers by now, the peer has its own stream to the end: at most a CLOSE. */
    uint8_t bytes[64];
    ssize_t count = recv(ends[1], bytes, sizeof bytes, 0);
    CHECK(count >= -1 && (count <= 0 || bytes[0] == 0x88));
    close(ends[1]);
    if (pipes[0] >= 0) {
      /* A pipe that got a number of before is a pipe, and whole. */
      char byte = (char)worker->serial;
      write_all(pipes[1], &byte, 1);
      read_all(pipes[0], bytes, 1);
      CHECK_IS((char)bytes[0], byte);
      close(pipes[0]);
      close(pipes[1]);
    }
    worker->rounds++;
  }
  return NULL;
}

int main(int count, char **arguments) {
  CHECK_IS(count, 3);
  alarm((unsigned)atoi(arguments[1]) + 120);
  end_time = now() + atof(arguments[1]);
  static struct worker workers[THREADS];
  for (uint32_t i = 0; i < THREADS; i++) {
    workers[i].number = i;
    workers[i].state = strtoull(arguments[2], NULL, 10) * THREADS + i;
    CHECK_IS(pthread_create(&workers[i].thread, NULL, work, &workers[i]), 0);
  }
  unsigned long rounds = 0;
  for (int i = 0; i < THREADS; i++) {
    CHECK_IS(pthread_join(workers[i].thread, NULL), 0);
    rounds += workers[i].rounds;
  }
  printf("%lu rounds\n", rounds);
  CHECK(rounds > 0);
  return 0;
}
