// The simulated memory: what os.c and base.c share. See doc.go for an overview.

#ifndef MID_SPACE_H
#define MID_SPACE_H

#include "parts.h"

#define KIB ((uint64_t)1 << 10)
#define MIB ((uint64_t)1 << 20)
#define GIB ((uint64_t)1 << 30)

#define PAGE     (4 * KIB)
#define ALL      MID_RESERVED
#define MAIN_END (60 * GIB)                   // the main area ends and the small area begins
#define GOLDEN   0x9e3779b97f4a7c15ull

static inline uint64_t mix(uint64_t h, uint64_t w) {
  h = (h ^ w) * GOLDEN;
  return h ^ (h >> 29);
}

// ---- base.c ----

// What is mapped now, a bit per page, and the ends of the two areas: from here on a run begins so. False without memory.
bool mid_base_keep(uint64_t main, uint64_t small, const uint64_t *mapped, const uint64_t *committed);
void mid_base_restore(uint64_t *main, uint64_t *small, uint64_t *mapped, uint64_t *committed);
void mid_base_refill(void);                   // puts the contents back
uint64_t mid_base_mix(uint64_t h);            // takes the contents into a hash

#endif
