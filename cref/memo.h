// What a walk of the state need not read again. Part of library.c, because it reads the library's types.
// See doc.go for an overview.
//
// Where hashes are asked for after every step, this keeps what the walk before read, in the bytes it read,
// with the hash of what they say. What has the same bytes has the same hash; of what has not, only that is
// hashed anew that changed: a queue, a record, a number. A page's lists are known by their heads and the number of
// used blocks, in the walk before, one step ago, and now: whoever takes from a list or gives to it changes them. What
// that leaves is a link that somebody wrote over: it is seen when it comes to the head, or by a whole walk. The
// hashes are the same either way. goalloc's statememo.go does the same.

#define MID_RECORD_MEMOS  1024
#define MID_SEGMENT_MEMOS 64
#define MID_HEAP_MEMOS    64
#define MID_MET           4                         // segments
#define MID_MAP_REACH     ((uint64_t)MI_SEGMENT_SIZE * 64)  // that a word of the map stands for
#define MID_MAP_FROM      (MID_BASE / MID_MAP_REACH)
#define MID_MAP_WORDS     (MID_RESERVED / MID_MAP_REACH)

// The ends of a queue, of pages or of spans.
typedef struct __attribute__((may_alias)) mid_ends {
  const mi_page_t *first, *last;
  size_t           of;                          // the size of what is in it
} mid_ends;

_Static_assert(sizeof(mid_ends) == sizeof(mi_page_queue_t) && sizeof(mid_ends) == sizeof(mi_span_queue_t),
               "queues of pages and of spans are laid out alike");
_Static_assert(offsetof(mi_heap_t, pages) == offsetof(mi_heap_t, pages_free_direct) + MI_PAGES_DIRECT * sizeof(void *),
               "a heap's queues lie behind its direct table");

// The record of a page or of a free span, and the hash of what that is and has.
typedef struct mid_record_memo {
  const mi_page_t *at;
  uint64_t         walk;                        // that saw it last
  uint64_t         hash;
  uint64_t         lists[3];                    // their hashes, which are part of the hash
  uint64_t         to;                          // end of the free list's only run of blocks, 0 if it has not one
  mi_page_t        record;
} mid_record_memo;

// A segment's header and the hash of what it says.
typedef struct mid_segment_memo {
  const mi_segment_t *at;
  uint64_t            hash;
  unsigned            owner;                    // number of its thread
  unsigned char       header[offsetof(mi_segment_t, slices)];
} mid_segment_memo;

// The hash of queues, and where their pages or spans are.
typedef struct mid_queues_memo {
  uint64_t hash;
  uint64_t walked[2];                           // those gone through for the segments of their pages, 64 in a word
  const mi_segment_t *met[MID_MET];             // segments of the pages of the others, those that have one page
  unsigned pages[MID_MET];                      // how many of those pages are in each
} mid_queues_memo;

// A heap's direct table and queues, as they lie in it, and what follows from them.
typedef struct mid_heap_memo {
  uint64_t         run;
  const mi_heap_t *at;
  unsigned         a, b;                        // the b-th heap of thread a
  uint64_t         hash;                        // of the direct table; 0 where it is as it should be
  mid_queues_memo  of;
  const mi_page_t *should[MI_PAGES_DIRECT];     // what the direct table should be
  struct {
    const mi_page_t *direct[MI_PAGES_DIRECT];
    mid_ends         queues[MI_BIN_FULL + 1];
  } was;
} mid_heap_memo;

typedef struct mid_spans_memo {
  uint64_t        run;
  mid_queues_memo of;
  mid_ends        queues[MI_SEGMENT_BIN_MAX + 1];
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
  int64_t  was[sizeof(mi_stats_t) / 8];
  uint64_t hash;
} mid_stats_memo;

typedef struct mid_memo {
  uint64_t         walks;
  uint64_t         run;                         // of walks after one step each: what the library is asked for in one
                                                // does not depend on those before
  mid_record_memo  records[MID_RECORD_MEMOS];
  mid_segment_memo segments[MID_SEGMENT_MEMOS];
  mid_heap_memo    heaps[MID_HEAP_MEMOS];
  mid_spans_memo   spans[MID_MAX_THREADS];
  mid_cache_memo   cache;
  mid_map_memo     map;
  mid_stats_memo   stats[1 + MID_MAX_THREADS];  // of the process and of each thread
} mid_memo;

static mid_memo mid_remembered;

// The library's memcpy: where the compiler knows the size it puts a string instruction in its place, which takes
// several times as long.
static inline void mid_copy(void *to, const void *from, size_t size) {
  __asm__("" : "+r"(size));
  memcpy(to, from, size);
}

// Whether memory is as it was; keeps how it is now.
static inline bool mid_same(void *was, const void *now, size_t size) {
  if (memcmp(was, now, size) == 0) return true;
  mid_copy(was, now, size);
  return false;
}

// Whether a record, one of many, is as it was.
static inline bool mid_same_record(const mi_page_t *was, const mi_page_t *now) {
  uint64_t differ = 0;
#pragma GCC unroll 16
  for (size_t i = 0; i < sizeof(mi_page_t) / 8; i++) {
    uint64_t a, b;
    memcpy(&a, (const char *)was + 8 * i, 8);
    memcpy(&b, (const char *)now + 8 * i, 8);
    differ |= a ^ b;
  }
  return differ == 0;
}

// The range of the direct table that a bin has; nothing for one of larger sizes.
static const struct { uint8_t from, to; } mid_direct_of[MI_BIN_FULL + 1] = {
  [1] = {0, 2},     [2] = {2, 3},     [4] = {3, 5},     [6] = {5, 7},     [8] = {7, 9},     [9] = {9, 11},
  [10] = {11, 13},  [11] = {13, 15},  [12] = {15, 17},  [13] = {17, 21},  [14] = {21, 25},  [15] = {25, 29},
  [16] = {29, 33},  [17] = {33, 41},  [18] = {41, 49},  [19] = {49, 57},  [20] = {57, 65},  [21] = {65, 81},
  [22] = {81, 97},  [23] = {97, 113}, [24] = {113, 129},
};

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
