/* The payload of every message of the benchmarks' own programs: readings of sensors as JSON. */
#ifndef READINGS_H
#define READINGS_H

#include <stddef.h>
#include <stdio.h>
#include <string.h>

static inline void fill_with_readings(unsigned char *bytes, size_t size) {
  char record[160];
  for (size_t at = 0, n = 0; at < size; n++) {
    size_t length = (size_t)snprintf(
        record, sizeof record,
        "{\"sensor\":\"greenhouse-%02zu\",\"sequence\":%zu,\"temperature\":%zu.%zu,\"humidity\":%zu,\"battery\":3.%zu},",
        n % 17, 48120 + n, 18 + n % 9, n % 10, 40 + n * 7 % 31, 60 + n % 37);
    if (length > size - at) length = size - at;
    memcpy(bytes + at, record, length);
    at += length;
  }
}

#endif
