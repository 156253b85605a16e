/* The peers of the loop, and the Linux calls that Swift's module of the C library leaves out. */
#ifndef ECHO_LOOP_LOAD_H
#define ECHO_LOOP_LOAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/epoll.h>

/* Makes `count` connections over TCP on the loopback address. Gives both ends; false if there is no descriptor left. */
bool load_connect(int count, int *servers, int *clients);

/* Writes `depth` masked binary frames of `size` bytes, behind one another. `frames` has room for 14 bytes more each.
   Gives the bytes. */
size_t load_frames(uint8_t *frames, int depth, int size);

/* Sends `depth` messages of `size` bytes on each connection, and takes their echoes; so many times. Waits ten seconds at the
   most for any of it. False if an echo is not the message, or does not come. */
bool load_run(const int *clients, int count, int rounds, int depth, int size);

#endif
