/* Random numbers, the system's. */
#pragma once
#include <stdint.h>
#include <sys/random.h>
static inline uint32_t sys_rand32_get(void) {
  uint32_t number;
  while (getrandom(&number, sizeof number, 0) != sizeof number) {}
  return number;
}
