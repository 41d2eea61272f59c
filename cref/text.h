// The strings that operations copy: ends of one long string without a zero in it. See doc.go for an overview.
//
// text.go of package diff has the same.

#ifndef MID_TEXT_H
#define MID_TEXT_H

#include <stdint.h>
#include <string.h>

#define MID_LONGEST ((size_t)1 << 18)  // characters
#define MID_TEXT_BYTES (2 * MID_LONGEST)

// The variable of the environment that there is, and the one that there is not; a path that is that of the root,
// and one of a file that there is not.
#define MID_VARIABLE "MIDIFF_TEXT"
#define MID_NO_VARIABLE "MIDIFF_NO_TEXT"
#define MID_ROOT "/."
#define MID_NO_FILE "/dev/null/none"

static _Alignas(2) unsigned char mid_text_bytes[MID_TEXT_BYTES + 2];

static inline void mid_text_open(void) {
  if (mid_text_bytes[0] != 0) return;
  for (size_t i = 0; i < MID_TEXT_BYTES; i++) mid_text_bytes[i] = (unsigned char)(1 + i % 255);
}

static inline const char *mid_text(uint64_t n) { return (const char *)mid_text_bytes + MID_TEXT_BYTES - n; }

static inline const unsigned short *mid_wide(uint64_t n) {
  return (const unsigned short *)(const void *)(mid_text_bytes + MID_TEXT_BYTES - 2 * n);
}

// What a call has copied, and what its copy must hold with the zero at its end.
typedef struct mid_copy {
  const void *from;
  size_t      bytes;   // without the zero
  size_t      zeros;   // bytes of the zero
  int         wrong;   // the call told something else that is not so
} mid_copy;

// 0, or 1 + the offset of the first byte that is not as it must be.
static inline uint64_t mid_copy_check(const mid_copy *c, const unsigned char *p) {
  if (c->wrong) return 1;
  if (memcmp(p, c->from, c->bytes) != 0) {
    size_t i = 0;
    while (p[i] == ((const unsigned char *)c->from)[i]) i++;
    return 1 + i;
  }
  for (size_t i = c->bytes; i < c->bytes + c->zeros; i++) {
    if (p[i] != 0) return 1 + i;
  }
  return 0;
}

#endif
