/* What the clients in C and C++ share: the command line, the clocks, and the line that is printed. ../README.md is the
 * contract. */
#ifndef TASK_H
#define TASK_H

#include "../readings.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <time.h>

enum { WINDOW = 64, BATCH_BYTES = 64 * 1024 };

enum workload { PING_PONG, PIPELINE, PIPELINE_BATCHED, SEND, SEND_BATCHED, RECEIVE, SETUP, IDLE };

struct task {
  enum workload workload;
  bool is_deflated, is_secure;
  char host[64];
  int port;
  size_t size; /* bytes of a message */
  long count;
  char path[128];
};

static inline void fail(const char *what) {
  fprintf(stderr, "%s\n", what);
  exit(1);
}

/* The client has no such workload. */
static inline void decline(void) { exit(3); }

static inline struct task read_task(int argc, char **argv) {
  static const char *const names[] = {"ping-pong", "pipeline", "pipeline-batched", "send", "send-batched", "receive", "setup", "idle"};
  struct task task;
  memset(&task, 0, sizeof task);
  if (argc != 5) fail("usage: CLIENT WORKLOAD URL SIZE COUNT");
  const char *name = argv[1];
  task.is_deflated = strncmp(name, "deflate-", 8) == 0;
  if (task.is_deflated) name += 8;
  size_t index = 0;
  while (index < sizeof names / sizeof *names && strcmp(name, names[index]) != 0) index++;
  if (index == sizeof names / sizeof *names) decline();
  task.workload = (enum workload)index;
  if (task.is_deflated && task.workload != SEND && task.workload != RECEIVE) decline();
  char scheme[8];
  if (sscanf(argv[2], "%7[a-z]://%63[^:]:%d", scheme, task.host, &task.port) != 3) fail("the URL is none");
  task.is_secure = strcmp(scheme, "wss") == 0;
  task.size = strtoull(argv[3], NULL, 10);
  task.count = strtol(argv[4], NULL, 10);
  if (task.count < 1) fail("COUNT is at least 1");
  const char *deflate = task.is_deflated ? "&deflate" : "";
  if (task.workload == SEND || task.workload == SEND_BATCHED) {
    snprintf(task.path, sizeof task.path, "/sink?count=%ld%s", task.count, deflate);
  } else if (task.workload == RECEIVE) {
    snprintf(task.path, sizeof task.path, "/source?size=%zu&count=%ld%s", task.size, task.count, deflate);
  } else {
    strcpy(task.path, "/echo");
  }
  return task;
}

/* Seconds: of the monotonic clock, and of the processor for this process. */
struct moment {
  double clock, user, system;
};

static inline struct moment now(void) {
  struct timespec clock;
  struct rusage usage;
  clock_gettime(CLOCK_MONOTONIC, &clock);
  getrusage(RUSAGE_SELF, &usage);
  struct moment moment;
  moment.clock = (double)clock.tv_sec + (double)clock.tv_nsec / 1e9;
  moment.user = (double)usage.ru_utime.tv_sec + (double)usage.ru_utime.tv_usec / 1e6;
  moment.system = (double)usage.ru_stime.tv_sec + (double)usage.ru_stime.tv_usec / 1e6;
  return moment;
}

static inline void report_since(struct moment start) {
  const struct moment end = now();
  printf("{\"seconds\": %.6f, \"user\": %.6f, \"system\": %.6f}\n", end.clock - start.clock, end.user - start.user, end.system - start.system);
}

/* Bytes of memory that are this process's alone and written to. */
static inline long private_memory(void) {
  FILE *file = fopen("/proc/self/smaps_rollup", "r");
  if (!file) fail("/proc/self/smaps_rollup cannot be read");
  char line[128];
  long kilobytes = -1;
  while (fgets(line, sizeof line, file) && sscanf(line, "Private_Dirty: %ld", &kilobytes) != 1) continue;
  fclose(file);
  return kilobytes * 1024;
}

static inline void report_memory(long before, long connections) {
  printf("{\"bytes\": %ld}\n", (private_memory() - before) / connections);
}

#endif
