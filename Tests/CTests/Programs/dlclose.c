/* A host of plug-ins: loads the library, has a thread wait in it, ends that, and unloads it; a signal comes afterwards. The library
 * stays: its threads' ends, its atfork handlers and what its runtime has registered would call into memory that is gone. */
#include "check.h"

#include <dlfcn.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static int (*receive)(int, uint8_t *, size_t, uint32_t *, uint64_t *, int32_t);
static int ws;

static void *reader(void *result) {
  uint8_t bytes[10];
  *(int *)result = receive(ws, bytes, sizeof bytes, NULL, NULL, -1);
  return NULL;
}

static void *find(void *library, const char *name) {
  void *found = dlsym(library, name);
  CHECK(found != NULL);
  return found;
}

int main(int count, char **arguments) {
  CHECK_IS(count, 2);
  void *library = dlopen(arguments[1], RTLD_NOW | RTLD_LOCAL);
  CHECK(library != NULL);
  int (*pair)(int, int, int, int *), (*make)(int, uint8_t *, size_t), (*end)(int);
  *(void **)&pair = find(library, "zsock_socketpair");
  *(void **)&make = find(library, "websocket_register");
  *(void **)&end = find(library, "websocket_unregister");
  *(void **)&receive = find(library, "websocket_recv_msg");
  int ends[2], result = 0;
  uint8_t memory[200];
  CHECK_IS(pair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
  ws = make(ends[0], memory, sizeof memory);
  CHECK(ws >= 0);
  pthread_t thread;
  CHECK_IS(pthread_create(&thread, NULL, reader, &result), 0);
  CHECK_IS(end(ws), 0);
  CHECK_IS(pthread_join(thread, NULL), 0);
  CHECK(result == -ENOTCONN || result == -EBADF);
  CHECK_IS(dlclose(library), 0);
  /* It is there all the same, and whatever calls it does no harm. */
  CHECK(dlopen(arguments[1], RTLD_NOW | RTLD_NOLOAD) != NULL);
  CHECK_IS(raise(SIGURG), 0);
  pid_t child = fork();
  if (child == 0) _exit(0);
  int status;
  CHECK_IS(waitpid(child, &status, 0), child);
  CHECK_IS(status, 0);
  close(ends[1]);
  printf("still here\n");
  return 0;
}
