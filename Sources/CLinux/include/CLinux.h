// The Linux calls that the C library's module for Swift leaves out, and two macros that Swift cannot import.
#ifndef WESTWIND_CLINUX_H
#define WESTWIND_CLINUX_H

#include <netdb.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/random.h>
#include <sys/timerfd.h>
#include <sys/un.h>

// These are declared only for GNU sources.
#include <poll.h>
#include <pthread.h>
#include <sys/socket.h>
#include <time.h>
int accept4(int, struct sockaddr *, socklen_t *, int);
int ppoll(struct pollfd *, nfds_t, const struct timespec *, const sigset_t *);
int pthread_cond_clockwait(pthread_cond_t *, pthread_mutex_t *, clockid_t, const struct timespec *);
int pthread_mutex_clocklock(pthread_mutex_t *, clockid_t, const struct timespec *);

// `sigaction` is a function and a structure in C; only the function's union needs help.
static inline int cl_highest_signal(void) { return SIGRTMAX; }
typedef void (*cl_signal_handler)(int);
static inline struct sigaction cl_signal_action(cl_signal_handler handler) {
  struct sigaction action = {0};
  action.sa_handler = handler;
  sigemptyset(&action.sa_mask);
  return action;  // without SA_RESTART: the interrupted call returns EINTR
}
static inline int cl_signal_is_default(const struct sigaction *action) {
  return action->sa_handler == SIG_DFL || action->sa_handler == SIG_IGN;
}

// Variadic.
static inline int cl_ioctl(int descriptor, unsigned long request, void *argument) {
  return ioctl(descriptor, request, argument);
}

#endif
