// What a walk of the state need not read again. Part of library.c, because it reads the library's types.
// See doc.go for an overview.
//
// Where hashes are asked for after every step, this keeps what the walk before read, in the bytes it read,
// with what came of it. Tables are compared whole: where one has the same bytes, the same is true of it. A
// page is known by its record: when that is, bit for bit, what it was in the walk before, one step ago, so
// are the page's lists, since whatever takes from a list or gives to it moves its head or the count of used
// blocks. What that leaves is a link that somebody else wrote over; a walk without a memo finds it. The
// hashes are the same either way. goalloc's statememo.go does the same.

#define MID_PAGE_MEMOS  256
#define MID_HEAP_MEMOS  16
#define MID_MAP_REACH   ((uint64_t)MI_SEGMENT_SIZE * 64)  // that a word of the map stands for
#define MID_MAP_FROM    (MID_BASE / MID_MAP_REACH)
#define MID_MAP_WORDS   (MID_RESERVED / MID_MAP_REACH)

// A page's record and the hash of what the page is and has.
typedef struct mid_page_memo {
  const mi_page_t *at;
  uint64_t         walk;                        // that saw the page last
  uint64_t         hash;
  uint64_t         record[sizeof(mi_page_t) / 8];
} mid_page_memo;

// A heap's queues and what follows from them.
typedef struct mid_heap_memo {
  mi_page_queue_t queues[MI_BIN_FULL + 1];
  uint64_t        filled[2];                    // those that are not empty, 64 in a word
  const mi_page_t *direct[MI_PAGES_DIRECT];     // what the direct table should be
} mid_heap_memo;

typedef struct mid_spans_memo {
  mi_span_queue_t spans[MI_SEGMENT_BIN_MAX + 1];
  uint64_t        filled;                       // those that are not empty
} mid_spans_memo;

typedef struct mid_cache_memo {
  uint64_t inuse[MI_CACHE_FIELDS], available[MI_CACHE_FIELDS], large[MI_CACHE_FIELDS];
  uint64_t filled;                              // fields that say anything
} mid_cache_memo;

typedef struct mid_map_memo {
  uint64_t words[MID_MAP_WORDS];
  uint64_t filled;                              // words that are not zero
} mid_map_memo;

typedef struct mid_stats_memo {
  mi_stats_t was;
  uint64_t   hash;
} mid_stats_memo;

typedef struct mid_memo {
  uint64_t       walks;
  mid_page_memo  pages[MID_PAGE_MEMOS];
  mid_heap_memo  heaps[MID_HEAP_MEMOS];
  mid_spans_memo spans[MID_MAX_THREADS];
  mid_cache_memo cache;
  mid_map_memo   map;
  mid_stats_memo stats[1 + MID_MAX_THREADS];    // of the process and of each thread
} mid_memo;

static mid_memo mid_remembered;

// Whether memory is as it was; keeps how it is now.
static inline bool mid_same(void *was, const void *now, size_t size) {
  if (memcmp(was, now, size) == 0) return true;
  memcpy(was, now, size);
  return false;
}

// Which of up to 64 queues are not what they were, without a branch for each.
static inline uint64_t mid_changed_queues(const mi_page_queue_t *was, const mi_page_queue_t *now, unsigned n) {
  uint64_t set = 0;
  while (n-- > 0) {
    uint64_t differ = ((uint64_t)was[n].first ^ (uint64_t)now[n].first) | (was[n].block_size ^ now[n].block_size) |
                      ((uint64_t)was[n].last ^ (uint64_t)now[n].last);
    set = set << 1 | (differ != 0);
  }
  return set;
}

// The range of the direct table that a bin has; nothing for one of larger sizes.
static const struct { uint8_t from, to; } mid_direct_of[MI_BIN_FULL + 1] = {
  [1] = {0, 2},     [2] = {2, 3},     [4] = {3, 5},     [6] = {5, 7},     [8] = {7, 9},     [9] = {9, 11},
  [10] = {11, 13},  [11] = {13, 15},  [12] = {15, 17},  [13] = {17, 21},  [14] = {21, 25},  [15] = {25, 29},
  [16] = {29, 33},  [17] = {33, 41},  [18] = {41, 49},  [19] = {49, 57},  [20] = {57, 65},  [21] = {65, 81},
  [22] = {81, 97},  [23] = {97, 113}, [24] = {113, 129},
};

static void mid_take_queue(mid_heap_memo *e, unsigned bin, const mi_page_queue_t *q) {
  uint64_t one = (uint64_t)1 << bin % 64;
  e->queues[bin] = *q;
  e->filled[bin / 64] &= ~one;
  if (q->first != NULL || q->last != NULL) e->filled[bin / 64] |= one;
  const mi_page_t *first = q->first != NULL ? q->first : MI_PAGE_EMPTY();
  for (unsigned i = mid_direct_of[bin].from; i < mid_direct_of[bin].to; i++) e->direct[i] = first;
}

// Notes the queues that are not what they were, mostly one or two, and what follows from them.
static void mid_take_heap(mid_heap_memo *e, const mi_heap_t *h) {
  for (unsigned from = 0; from <= MI_BIN_FULL; from += 64) {
    unsigned n = MI_BIN_FULL + 1 - from < 64 ? MI_BIN_FULL + 1 - from : 64;
    uint64_t left = mid_changed_queues(e->queues + from, h->pages + from, n);
    for (; left != 0; left &= left - 1) {
      unsigned bin = from + (unsigned)__builtin_ctzll(left);
      mid_take_queue(e, bin, &h->pages[bin]);
    }
  }
}

// The memo of a heap, the b-th of thread a.
static inline mid_heap_memo *mid_heap_memo_of(mid_memo *m, unsigned a, unsigned b, const mi_heap_t *h) {
  mid_heap_memo *e = &m->heaps[(a + 8 * b) % MID_HEAP_MEMOS];
  if (e->direct[0] == NULL) {
    for (unsigned i = 0; i < MI_PAGES_DIRECT; i++) e->direct[i] = MI_PAGE_EMPTY();
  }
  if (memcmp(e->queues, h->pages, sizeof(e->queues)) != 0) mid_take_heap(e, h);
  return e;
}

static inline uint64_t mid_read_spans(const mi_tld_t *tld) {
  uint64_t filled = 0;  // without a branch for each
  for (unsigned bin = MI_SEGMENT_BIN_MAX + 1; bin-- > 0;) {
    const mi_span_queue_t *q = &tld->segments.spans[bin];
    filled = filled << 1 | (((uint64_t)q->first | (uint64_t)q->last) != 0);
  }
  return filled;
}

// Which of the span queues of thread a are not empty.
static inline uint64_t mid_filled_spans(mid_memo *m, unsigned a, const mi_tld_t *tld) {
  mid_spans_memo *e = &m->spans[a % MID_MAX_THREADS];
  if (!mid_same(e->spans, tld->segments.spans, sizeof(e->spans))) e->filled = mid_read_spans(tld);
  return e->filled;
}

static uint64_t mid_read_cache(void) {
  uint64_t filled = 0;
  for (unsigned i = 0; i < MI_CACHE_FIELDS; i++) {
    uint64_t says = mi_atomic_load_relaxed(&cache_inuse[i]) | ~mi_atomic_load_relaxed(&cache_available[i]) |
                    ~mi_atomic_load_relaxed(&cache_available_large[i]);
    filled |= (uint64_t)(says != 0) << i;
  }
  return filled;
}

// Which fields of the cache's bitmaps say anything.
static inline uint64_t mid_filled_cache(mid_memo *m) {
  mid_cache_memo *e = &m->cache;
  bool same = mid_same(e->inuse, cache_inuse, sizeof(e->inuse)) &
              mid_same(e->available, cache_available, sizeof(e->available)) &
              mid_same(e->large, cache_available_large, sizeof(e->large));
  if (!same) e->filled = mid_read_cache();
  return e->filled;
}

static uint64_t mid_read_map(void) {
  uint64_t filled = 0;
  for (unsigned i = 0; i < MID_MAP_WORDS; i++) {
    filled |= (uint64_t)(mi_atomic_load_relaxed(&mi_segment_map[MID_MAP_FROM + i]) != 0) << i;
  }
  return filled;
}

// Which words of the segment map are not zero.
static inline uint64_t mid_filled_map(mid_memo *m) {
  mid_map_memo *e = &m->map;
  if (!mid_same(e->words, &mi_segment_map[MID_MAP_FROM], sizeof(e->words))) e->filled = mid_read_map();
  return e->filled;
}
