// What the library's state is like, as numbers that guide a fuzzer beside the code that ran. Part of covered.c, because
// it reads the library's types. See doc.go for an overview.
//
// Counts are told by their magnitude, so that there are few numbers and each means something.

#include "sites.h"

#define MID_MAGNITUDES 8   // 0, 1, 2 to 3, 4 to 7, ... 64 and more
#define MID_LENGTHS    3   // of queues: none, one, more
#define MID_QUEUES     (MI_BIN_FULL + 1)
#define MID_SPANS      (MI_SEGMENT_BIN_MAX + 1)
#define MID_KEPT       4   // of what threads share: abandoned, visited, cached, thread data

// The groups of features, each with how many it has.
#define MID_GROUPS(X)                                                                                      \
  X(queue, MID_QUEUES * MID_LENGTHS)                  /* a size class has so many pages */                 \
  X(queue_moved, MID_QUEUES * MID_LENGTHS * MID_LENGTHS)  /* and had so many when last looked at */       \
  X(spans, MID_SPANS * MID_LENGTHS)                   /* a span bin has so many spans */                   \
  X(full, MID_MAGNITUDES)                             /* pages in the queue of full ones */                \
  X(delayed, MID_MAGNITUDES)                          /* blocks that others freed, of a heap */            \
  X(heaps, MID_MAGNITUDES)                            /* heaps of a thread */                              \
  X(segments, MID_MAGNITUDES)                         /* segments of a thread */                           \
  X(kept, MID_KEPT * MID_MAGNITUDES)                  /* of what threads share, so many */                 \
  X(kept_moved, MID_KEPT * MID_MAGNITUDES * MID_MAGNITUDES)  /* and so many when last looked at */         \
  X(arenas, MID_MAGNITUDES)

enum {
#define SIZE(name, size) mid_first_##name, mid_last_##name = mid_first_##name + (size) - 1,
  MID_GROUPS(SIZE)
#undef SIZE
  MID_FEATURES
};

static struct {
  uint8_t seen[MID_FEATURES];
  uint8_t queues[MID_MAX_THREADS][MID_QUEUES];  // lengths when last looked at, of the backing heap
  uint8_t kept[MID_KEPT];
} mid_looked;

static void mid_feature(unsigned n) { mid_looked.seen[n] = 1; }

static unsigned mid_magnitude(uint64_t n) {
  unsigned m = n == 0 ? 0 : 64 - (unsigned)__builtin_clzll(n);
  return m < MID_MAGNITUDES ? m : MID_MAGNITUDES - 1;
}

static unsigned mid_length(const void *first, const void *last) { return first == NULL ? 0 : first == last ? 1 : 2; }

// ---- threads ----

static void mid_look_queues(unsigned t, const mi_heap_t *h) {
  for (unsigned bin = 0; bin < MI_BIN_FULL; bin++) {
    unsigned n = mid_length(h->pages[bin].first, h->pages[bin].last), was = mid_looked.queues[t][bin];
    if (n != 0) mid_feature(mid_first_queue + bin * MID_LENGTHS + n);
    if (n == was) continue;
    mid_feature(mid_first_queue_moved + (bin * MID_LENGTHS + was) * MID_LENGTHS + n);
    mid_looked.queues[t][bin] = (uint8_t)n;
  }
  uint64_t n = 0;
  const mi_page_t *p = h->pages[MI_BIN_FULL].first;
  for (; p != NULL && n < 1u << MID_MAGNITUDES; p = p->next) n++;
  mid_feature(mid_first_full + mid_magnitude(n));
}

static void mid_look_delayed(const mi_heap_t *h) {
  uint64_t n = 0;
  const mi_block_t *b = mi_atomic_load_relaxed(&h->thread_delayed_free);
  for (; b != NULL && n < 1u << MID_MAGNITUDES; b = mi_block_nextx(h, b, h->keys)) n++;
  mid_feature(mid_first_delayed + mid_magnitude(n));
}

static void mid_look_thread(unsigned t) {
  const void *key;
  const mi_heap_t *h = mid_thread_heap(t, &key);
  if (h == &_mi_heap_empty) {
    memset(mid_looked.queues[t], 0, sizeof(mid_looked.queues[t]));
    return;
  }
  const mi_tld_t *tld = h->tld;
  mid_look_queues(t, tld->heap_backing);
  for (unsigned bin = 0; bin < MID_SPANS; bin++) {
    const mi_span_queue_t *q = &tld->segments.spans[bin];
    unsigned n = mid_length(q->first, q->last);
    if (n != 0) mid_feature(mid_first_spans + bin * MID_LENGTHS + n);
  }
  uint64_t heaps = 0;
  for (h = tld->heaps; h != NULL; h = h->next, heaps++) mid_look_delayed(h);
  mid_feature(mid_first_heaps + mid_magnitude(heaps));
  mid_feature(mid_first_segments + mid_magnitude(tld->segments.count));
}

// ---- what threads share ----

static void mid_look_kept(unsigned i, uint64_t n) {
  unsigned m = mid_magnitude(n), was = mid_looked.kept[i];
  mid_feature(mid_first_kept + i * MID_MAGNITUDES + m);
  if (m == was) return;
  mid_feature(mid_first_kept_moved + (i * MID_MAGNITUDES + was) * MID_MAGNITUDES + m);
  mid_looked.kept[i] = (uint8_t)m;
}

static void mid_look_shared(void) {
  mid_look_kept(0, mi_atomic_load_relaxed(&abandoned_count));
  mid_look_kept(1, mi_atomic_load_relaxed(&abandoned_visited_count));
  uint64_t n = 0;
  for (unsigned i = 0; i < MI_CACHE_FIELDS; i++) {
    n += (uint64_t)__builtin_popcountll(mi_atomic_load_relaxed(&cache_inuse[i]));
  }
  mid_look_kept(2, n);
  n = 0;
  for (unsigned i = 0; i < TD_CACHE_SIZE; i++) n += mi_atomic_load_relaxed(&td_cache[i]) != NULL;
  mid_look_kept(3, n);
  mid_feature(mid_first_arenas + mid_magnitude(mi_atomic_load_relaxed(&mi_arena_count)));
}

// ---- runs ----

static void mid_coverage_begin(void) {
  mid_sites_clear();
  memset(&mid_looked, 0, sizeof(mid_looked));
}

static void mid_coverage_look(void) {
  mid_look_shared();
  for (unsigned t = 0; t < mid_slots_setup()->threads; t++) mid_look_thread(t);
}

static size_t mid_coverage_take(uint16_t *out, size_t room, size_t *sites) {
  size_t n = *sites = mid_sites_take(out, room);
  for (unsigned i = 0; i < MID_FEATURES && n < room; i++) {
    if (mid_looked.seen[i]) out[n++] = (uint16_t)i;
  }
  return n;
}
