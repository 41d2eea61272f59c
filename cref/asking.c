// Questions about blocks and heaps. See doc.go for an overview.

#include "ops.h"

// The bytes of a block that are asked about, in the order of the bits of the answer.
enum { FIRST = 1, INNER = 2, LAST = 4, NEXT = 8 };

static const char *at(mid_block b, uint64_t offset) { return (const char *)b.p + offset; }

static uint64_t last_of(mid_block b) { return b.usable > 0 ? b.usable - 1 : 0; }

void mid_run_is_in_heap_region(const row *w, const mid_op *o, mid_result *r) {
  (void)w;
  mid_block b = mid_block_look(o->src);
  mid_block_verify(r, b, o->src);
  if (mi(is_in_heap_region)(b.p)) r->value |= FIRST;
  if (b.p == NULL) return;
  if (mi(is_in_heap_region)(at(b, b.usable / 2))) r->value |= INNER;
  if (mi(is_in_heap_region)(at(b, last_of(b)))) r->value |= LAST;
  if (mi(is_in_heap_region)(at(b, b.usable))) r->value |= NEXT;
}

// Only addresses of words are ever owned, so words of the block are asked about.
#define WORDS ((uint64_t)7)

void mid_run_check_owned(const row *w, const mid_op *o, mid_result *r) {
  (void)w;
  mid_block b = mid_block_look(o->src);
  mid_block_verify(r, b, o->src);
  if (mi(check_owned)(b.p)) r->value |= FIRST;
  if (b.p == NULL) return;
  if (mi(check_owned)(at(b, b.usable / 2 & ~WORDS))) r->value |= INNER;
  if (mi(check_owned)(at(b, last_of(b) & ~WORDS))) r->value |= LAST;
}

void mid_run_heap_check_owned(const row *w, const mid_op *o, mid_result *r) {
  (void)w;
  mid_block b = mid_block_look(o->src);
  mid_block_verify(r, b, o->src);
  mi_heap_t *h = mid_heap_of(o);
  if (h == NULL) return;
  if (mi(heap_check_owned)(h, b.p)) r->value |= FIRST;
  if (b.p == NULL) return;
  if (mi(heap_check_owned)(h, at(b, b.usable / 2 & ~WORDS))) r->value |= INNER;
  if (mi(heap_check_owned)(h, at(b, last_of(b) & ~WORDS))) r->value |= LAST;
}

// Asked of the address that the caller got, since for others the library does not promise an answer.
void mid_run_heap_contains_block(const row *w, const mid_op *o, mid_result *r) {
  (void)w;
  mid_block b = mid_block_look(o->src);
  mid_block_verify(r, b, o->src);
  mi_heap_t *h = mid_heap_of(o);
  if (h != NULL) r->value = mi(heap_contains_block)(h, b.p);
}
