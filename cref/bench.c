// Loops for benchmarks: the library alone. See doc.go for an overview.

#include "parts.h"

void mid_bench_pairs(size_t n, const uint64_t *sizes, size_t nsizes) {
  mid_used();
  for (size_t i = 0, k = 0; i < n; i++) {
    void *p = mi(malloc)(sizes[k]);
    // Stands for the program's use of the block.
    __asm__ volatile("" : "+r"(p) : : "memory");
    mi(free)(p);
    if (++k == nsizes) k = 0;
  }
}

void *mid_bench_malloc(size_t size) {
  mid_used();
  return mi(malloc)(size);
}

void mid_bench_free(void *p) { mi(free)(p); }

void mid_bench_empty(void) {}
