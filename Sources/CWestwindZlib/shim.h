// zlib, and the two of its macros that Swift cannot import.
#ifndef WESTWIND_CZLIB_H
#define WESTWIND_CZLIB_H

#include <zlib.h>

// Raw DEFLATE (RFC 1951): no header, no checksum. zlib takes that as window bits below zero.
static inline int cz_deflate_init(z_stream *stream, int level, int window_bits, int memory_level) {
  return deflateInit2(stream, level, Z_DEFLATED, -window_bits, memory_level, Z_DEFAULT_STRATEGY);
}
static inline int cz_inflate_init(z_stream *stream, int window_bits) { return inflateInit2(stream, -window_bits); }

#endif
