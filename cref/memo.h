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

// Which of up to 64 queues are not empty, without a branch for each.
static inline uint64_t mid_filled_queues(const mi_page_queue_t *q, unsigned n) {
  uint64_t filled = 0;
  while (n-- > 0) filled = filled << 1 | (((uint64_t)q[n].first | (uint64_t)q[n].last) != 0);
  return filled;
}

// The bins that small sizes have, each with the end of its range of the direct table.
static const struct { uint8_t bin, to; } mid_direct_bins[] = {
  {1, 2},    {2, 3},    {4, 5},    {6, 7},    {8, 9},    {9, 11},   {10, 13},  {11, 15}, {12, 17}, {13, 21},
  {14, 25},  {15, 29},  {16, 33},  {17, 41},  {18, 49},  {19, 57},  {20, 65},  {21, 81}, {22, 97}, {23, 113},
  {24, 129},
};

// Notes a heap's queues. Most entries of the direct table stay what they should be.
static void mid_take_heap(mid_heap_memo *e, const mi_heap_t *h) {
  memcpy(e->queues, h->pages, sizeof(e->queues));
  e->filled[0] = mid_filled_queues(h->pages, 64);
  e->filled[1] = mid_filled_queues(h->pages + 64, MI_BIN_FULL + 1 - 64);
  unsigned from = 0;
  for (size_t n = 0; n < sizeof(mid_direct_bins) / sizeof(mid_direct_bins[0]); n++) {
    const mi_page_t *first = h->pages[mid_direct_bins[n].bin].first;
    if (first == NULL) first = MI_PAGE_EMPTY();
    unsigned to = mid_direct_bins[n].to;
    if (e->direct[from] != first) {
      for (unsigned i = from; i < to; i++) e->direct[i] = first;
    }
    from = to;
  }
  for (; from < MI_PAGES_DIRECT; from++) e->direct[from] = MI_PAGE_EMPTY();  // of sizes that padding adds
}

// The memo of a heap, the b-th of thread a.
static inline mid_heap_memo *mid_heap_memo_of(mid_memo *m, unsigned a, unsigned b, const mi_heap_t *h) {
  mid_heap_memo *e = &m->heaps[(a + 8 * b) % MID_HEAP_MEMOS];
  if (memcmp(e->queues, h->pages, sizeof(e->queues)) != 0 || e->direct[0] == NULL) mid_take_heap(e, h);
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
