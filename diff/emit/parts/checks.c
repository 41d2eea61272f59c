// ---- what the API promises, and how it is checked ----

#define FULL ((size_t)16 << 20)  // blocks up to this are filled and read in full, of larger ones both
#define ENDS ((size_t)64 << 10)  // ends and some thousand words between
#define GOOD ((size_t)128 << 10)  // up to this a block is as large as mi_good_size says  //@!later
#define GOOD ((size_t)64 << 10)  // up to this a block is as large as mi_good_size says  //@later
#define PAGES ((size_t)256 << 20)  // of blocks up to this every page is read  //@blocks

// What is live, by address.
typedef struct live {
  uintptr_t at;
  size_t usable;
  uint64_t mark;    // what it is filled with; 0: nothing, it is a heap's record
  mi_heap_t *heap;  // that it belongs to; NULL: of a thread that has ended  //@heaps
  bool seen;  //@visits
} live;

static live lives[MOST_LIVE];
static size_t count;
static uint64_t marks;  //@blocks
static int failures, last_line;
static enum { NONE, WITH_NULL, ANY } may_report;  // an error, in the next call; WITH_NULL: if it gives null  //@reports
static bool reported;  // one, where it may be with null only  //@reports

// What is promised of a block.
typedef struct want {
  size_t size, align, offset;      // align: of the address plus offset; 0: none was asked for
  bool zeroed;
  bool frees;                      // where the result is null, the old block is freed  //@reallocs
  enum { NEVER, MAY, MUST } null;  // whether the result may be null; MUST: the request is illegal
  mi_heap_t *heap;                 // NULL: the default heap  //@heaps
  mi_arena_id_t arena;             // that its heap is bound to  //@arenas
} want;

#define made(p, ...) made_at(__LINE__, #p, p, (want){__VA_ARGS__})  //@made
#define moved(was, p, ...) moved_at(__LINE__, #p, was, p, (want){__VA_ARGS__})  //@reallocs
#define holds(p) holds_at(__LINE__, #p, p)  //@holds
#define gone(p) gone_at(__LINE__, #p, p)  //@gone
#define CHECK(ok) (last_line = __LINE__, (ok) ? (void)0 : failed(__LINE__, "this is not so: %s", #ok))

static void failed(int line, const char *format, ...) {
  va_list args;
  va_start(args, format);
  fprintf(stderr, "%s:%d: ", __FILE__, line);
  vfprintf(stderr, format, args);
  fputc('\n', stderr);
  va_end(args);
  failures++;
}

// The compiler takes the attributes of mi_malloc_aligned and its kin for truth and would leave out what is
// checked of their results. It knows nothing of a pointer that comes from here.
static void *opaque(void *p) {
  void *volatile unknown = p;
  return unknown;
}

// The index of the first live thing at an address or behind it.
static size_t place(uintptr_t at) {
  size_t from = 0, to = count;
  while (from < to) {
    size_t middle = from + (to - from) / 2;
    if (lives[middle].at < at) from = middle + 1;
    else to = middle;
  }
  return from;
}

static live *find(void *p) {
  size_t i = place((uintptr_t)opaque(p));
  return i < count && lives[i].at == (uintptr_t)opaque(p) ? &lives[i] : NULL;
}

//@ drops
static void drop(live *l) {
  count--;
  memmove(l, l + 1, (size_t)(&lives[count] - l) * sizeof(live));
}

//@ end
//@ things
static size_t at_least_1(size_t usable) { return usable > 0 ? usable : 1; }

// Takes a new thing in: no byte of it may be another's.
static live *add(int line, const char *name, uintptr_t at, size_t usable) {
  size_t i = place(at), end = at + at_least_1(usable);
  if ((i > 0 && lives[i - 1].at + at_least_1(lives[i - 1].usable) > at) || (i < count && lives[i].at < end)) {
    failed(line, "%s at %#zx shares bytes with a block that is live", name, (size_t)at);
  }
  memmove(&lives[i + 1], &lives[i], (count - i) * sizeof(live));
  count++;
  lives[i] = (live){.at = at, .usable = usable};
  return &lives[i];
}

//@ end
static uint64_t word_of(uint64_t mark, size_t at) {
  return mark * 0x9e3779b97f4a7c15u + at * 0xd1b54a32d192ed03u;
}

static size_t next_word(size_t at, size_t size) {
  size_t next = at + size / 4096 / 8 * 8;
  return size > FULL && at >= ENDS && next + ENDS < size ? next : at + 8;
}

static size_t word_size(size_t at, size_t size) { return size - at < 8 ? size - at : 8; }

//@ blocks
// A page that cannot be read ends in a crash.
static void touch(const live *l) {
  for (size_t at = 0; at < l->usable && l->usable <= PAGES; at += 4096) (void)*(volatile char *)(l->at + at);
}

static void fill(const live *l) {
  for (size_t at = 0; at < l->usable; at = next_word(at, l->usable)) {
    uint64_t word = word_of(l->mark, at);
    memcpy((char *)l->at + at, &word, word_size(at, l->usable));
  }
}

//@ end
// Complains unless the first bytes at p hold what the block was filled with.
static void same(int line, const char *name, const live *l, void *p, size_t bytes) {
  for (size_t at = 0; at < bytes; at = next_word(at, l->usable)) {
    uint64_t word = word_of(l->mark, at);
    if (memcmp((char *)p + at, &word, word_size(at, bytes)) != 0) {
      failed(line, "%s has lost its contents at byte %zu of %zu", name, at, l->usable);
      return;
    }
  }
}

//@ zeroed
static void zero(int line, const char *name, void *p, size_t from, size_t to) {
  static const char zeros[8];
  for (size_t at = from; at < to; at = next_word(at, to)) {
    if (memcmp((char *)p + at, zeros, word_size(at, to)) == 0) continue;
    failed(line, "%s is not zero at byte %zu", name, at);
    return;
  }
}

//@ end
//@ usable
static size_t usable_of(void *p) { return find(p) != NULL ? find(p)->usable : 0; }

//@ end
static void holds_at(int line, const char *name, void *p) {
  live *l = find(p);
  last_line = line;
  if (l != NULL && l->mark != 0) same(line, name, l, (void *)l->at, l->usable);
}

//@ gone
// A block that is about to be freed.
static void gone_at(int line, const char *name, void *p) {
  live *l = find(p);
  holds_at(line, name, p);
  if (l == NULL) return;
  dead[n_dead++] = l->at;  //@visits
  drop(l);
}

//@ end
static void everything_holds(int line) {
  for (size_t i = 0; i < count; i++) holds_at(line, "a block", (void *)lives[i].at);
}

//@ things
// Tells whether there is something to look at.
static bool there(int line, const char *name, const void *p, want w) {
  last_line = line;
  if (p != NULL && w.null == MUST) failed(line, "%s is not null, but what was asked for is illegal", name);
  if (p == NULL && w.null == NEVER && !refused) failed(line, "%s is null, but memory is there", name);  //@os
  if (p == NULL && w.null == NEVER) failed(line, "%s is null, but memory is there", name);  //@!os
  refused = false;  //@os
  if (p != NULL && reported) failed(line, "%s is not null, but an error is reported", name);  //@reports
  may_report = NONE;  //@reports
  reported = false;  //@reports
  return p != NULL;
}

//@ end
//@ blocks
static void aligned(int line, const char *name, void *p, want w) {
  size_t align = w.align != 0 ? w.align : w.size >= 16 ? 16 : 8;
  if (w.null == MUST || ((uintptr_t)p + w.offset) % align == 0) return;
  failed(line, "%s at %p plus %zu is no multiple of %zu", name, p, w.offset, align);
}

//@ end
//@ visits
// What was freed and is no more, since its place was given out again.
static void reused(const live *l) {
  size_t left = 0;
  for (size_t i = 0; i < n_dead; i++) {
    if (dead[i] - l->at >= at_least_1(l->usable)) dead[left++] = dead[i];
  }
  n_dead = left;
}

//@ end
//@ blocks
// Takes a new block in and fills it.
static void begin(int line, const char *name, void *p, want w) {
  size_t usable = mi_usable_size(p);
  if (usable < w.size) failed(line, "%s has %zu bytes of the %zu that were asked for", name, usable, w.size);
  if (w.align == 0 && w.size <= GOOD && usable != mi_good_size(w.size)) {  //@!padded
    failed(line, "%s has %zu bytes, not the good size %zu", name, usable, mi_good_size(w.size));  //@!padded
  }  //@!padded
  aligned(line, name, p, w);
  lies_right(line, name, p, usable, w.arena);  //@arenas
  live *l = add(line, name, (uintptr_t)p, usable);
  l->heap = w.heap != NULL ? w.heap : mi_heap_get_default();  //@heaps
  reused(l);  //@visits
  l->mark = ++marks;
  touch(l);
  fill(l);
}

//@ end
//@ made
static void made_at(int line, const char *name, void *result, want w) {
  void *p = opaque(result);
  if (!there(line, name, p, w)) return;
  if (w.zeroed) zero(line, name, p, 0, mi_usable_size(p));  //@zeroed
  begin(line, name, p, w);
}
//@ end
