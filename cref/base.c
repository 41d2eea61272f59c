// Memory that is there when a run begins: what a library has mapped when it was loaded. See doc.go for an overview.

#include "space.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define MORE 64                               // pages that the copy grows by

static struct {
  uint64_t  main, small;                      // ends of the areas
  uint8_t  *pages;                            // copies of those that are not zero, one behind the other
  uint64_t *at;                               // where they lie
  size_t    n;
} base = {.small = MAIN_END};

static uint64_t base_mapped[ALL / PAGE / 64];
static uint64_t base_committed[ALL / PAGE / 64];

static void *place_of(uint64_t addr) { return (void *)(uintptr_t)(MID_BASE + addr); }

static void copy_bits(uint64_t *to, const uint64_t *from) {
  size_t small = MAIN_END / PAGE / 64;
  memcpy(to, from, (base.main / PAGE + 63) / 64 * sizeof(*to));
  memcpy(to + small, from + small, (base.small / PAGE + 63) / 64 * sizeof(*to) - small * sizeof(*to));
}

static bool grow(void) {
  uint8_t *pages = realloc(base.pages, (base.n + MORE) * PAGE);
  if (pages != NULL) base.pages = pages;
  uint64_t *at = realloc(base.at, (base.n + MORE) * sizeof(*at));
  if (at != NULL) base.at = at;
  return pages != NULL && at != NULL;
}

// Looks at none that nobody has touched: that would make it resident, and there may be millions.
static bool keep(uint64_t addr) {
  static const uint8_t zero[PAGE];
  unsigned char resident = 0;
  if (mincore(place_of(addr), PAGE, &resident) != 0 || !(resident & 1)) return true;
  if (memcmp(place_of(addr), zero, PAGE) == 0) return true;
  if (base.n % MORE == 0 && !grow()) return false;
  memcpy(base.pages + base.n * PAGE, place_of(addr), PAGE);
  base.at[base.n++] = addr;
  return true;
}

static bool keep_all(uint64_t from, uint64_t to) {
  for (uint64_t i = from / PAGE; i < (to + PAGE - 1) / PAGE; i++) {
    if ((base_mapped[i / 64] >> (i % 64) & 1) != 0 && !keep(i * PAGE)) return false;
  }
  return true;
}

bool mid_base_keep(uint64_t main, uint64_t small, const uint64_t *mapped, const uint64_t *committed) {
  base.main = main;
  base.small = small;
  copy_bits(base_mapped, mapped);
  copy_bits(base_committed, committed);
  return keep_all(0, base.main) && keep_all(MAIN_END, base.small);
}

void mid_base_restore(uint64_t *main, uint64_t *small, uint64_t *mapped, uint64_t *committed) {
  *main = base.main;
  *small = base.small;
  copy_bits(mapped, base_mapped);
  copy_bits(committed, base_committed);
  mid_base_refill();
}

void mid_base_refill(void) {
  for (size_t i = 0; i < base.n; i++) memcpy(place_of(base.at[i]), base.pages + i * PAGE, PAGE);
}

uint64_t mid_base_mix(uint64_t h) {
  for (size_t i = 0; i < base.n; i++) {
    const uint64_t *words = place_of(base.at[i]);
    for (size_t w = 0; w < PAGE / sizeof(*words); w++) h = mix(h, words[w]);
  }
  return h;
}
