// The library's writable statics: how they are put back, compared and hashed. Part of library.c,
// because most have internal linkage. See doc.go for an overview.
//
// A test holds the list against the symbol table of the compiled object, so that none is forgotten.

#include "staticlist.h"

#define MID_STATICS(X) MID_SMALL_STATICS(X) MID_LOCAL_STATICS(X) MID_LARGE_STATICS(X)

static struct {
#define FIELD(s) _Alignas(8) unsigned char s[sizeof(s)];
  MID_STATICS(FIELD)
#undef FIELD
} mid_pristine;

static const struct {
  const char *name;
  void       *at;
  const void *pristine;
  size_t      size;
} mid_statics[] = {
#define ROW(s) {#s, (void *)&s, mid_pristine.s, sizeof(s)},
  MID_STATICS(ROW)
#undef ROW
};

#define MID_STATIC_COUNT (sizeof(mid_statics) / sizeof(mid_statics[0]))

// Statics inside functions that were written since the load, see MID_LATCHED. All are one word.
static struct {
  const char      *name;
  volatile size_t *at;
  size_t           pristine;
} mid_latches[4];

static void mid_latch(volatile void *p, const char *name) {
  for (unsigned i = 0; i < 4; i++) {
    if (mid_latches[i].at == p) return;
    if (mid_latches[i].at == NULL) {
      mid_latches[i].name = name;
      mid_latches[i].at = p;
      mid_latches[i].pristine = *mid_latches[i].at;
      return;
    }
  }
}

static void mid_library_snapshot(void) {
#define SAVE(s) memcpy(mid_pristine.s, (void *)&s, sizeof(s));
  MID_STATICS(SAVE)
#undef SAVE
}

// Only the bytes from first on, count of them: the rest of the static cannot have changed.
#define MID_PUT_BACK_PART(s, first, count) \
  memcpy((char *)&s + (first), mid_pristine.s + (first), count)

// Slots of the cache are taken lowest first and each holds another segment, so that a run with n
// segments has used none but the first n. Segments lie in the simulated memory only. The message
// buffer changes its length when it changes, and no longer once a handler is registered.
static void mid_put_back_large(void) {
  size_t slots = mid_os_segments();
  if (slots > MI_CACHE_MAX) slots = MI_CACHE_MAX;
  MID_PUT_BACK_PART(cache, 0, slots * sizeof(cache[0]));
  size_t word = sizeof(mi_segment_map[0]), reach = (size_t)MI_SEGMENT_SIZE * 8 * word;
  MID_PUT_BACK_PART(mi_segment_map, MID_BASE / reach * word, MID_RESERVED / reach * word);
  if (memcmp((void *)&out_len, mid_pristine.out_len, sizeof(out_len)) != 0) {
    MID_PUT_BACK_PART(out_buf, 0, sizeof(out_buf));
  }
}

// To be called before the simulated OS is reset: it asks it how many segments there were.
static void mid_library_reset(void) {
  mid_put_back_large();
#define PUT_BACK(s) memcpy((void *)&s, mid_pristine.s, sizeof(s));
  MID_SMALL_STATICS(PUT_BACK)
  MID_LOCAL_STATICS(PUT_BACK)
#undef PUT_BACK
  for (unsigned i = 0; i < 4 && mid_latches[i].at != NULL; i++) {
    *mid_latches[i].at = mid_latches[i].pristine;
  }
}

static const char *mid_name_of_static(unsigned i) {
  if (i < MID_STATIC_COUNT) return mid_statics[i].name;
  i -= MID_STATIC_COUNT;
  return i < 4 ? mid_latches[i].name : NULL;
}

static size_t mid_size_of_static(unsigned i) {
  if (i < MID_STATIC_COUNT) return mid_statics[i].size;
  return mid_name_of_static(i) != NULL ? sizeof(size_t) : 0;
}

static bool mid_changed_static(unsigned i) {
  if (i < MID_STATIC_COUNT) {
    return memcmp(mid_statics[i].at, mid_statics[i].pristine, mid_statics[i].size) != 0;
  }
  i -= MID_STATIC_COUNT;
  return i < 4 && mid_latches[i].at != NULL && *mid_latches[i].at != mid_latches[i].pristine;
}

static uint64_t mid_hash_bytes(uint64_t h, const unsigned char *p, size_t n) {
  for (; n >= 8; p += 8, n -= 8) {
    uint64_t w;
    memcpy(&w, p, 8);
    h = (h ^ w) * 0x9e3779b97f4a7c15ull;
    h ^= h >> 29;
  }
  for (; n > 0; p++, n--) h = (h ^ *p) * 0x100000001b3ull;
  return h;
}

// A latched static counts only while it differs: before the first write it is not known. The order
// in which they were first written is that of earlier runs, and must not matter.
static uint64_t mid_hash_statics(uint64_t h) {
  for (unsigned i = 0; i < MID_STATIC_COUNT; i++) {
    h = mid_hash_bytes(h, mid_statics[i].at, mid_statics[i].size);
  }
  for (unsigned i = 0; i < 4; i++) {
    if (!mid_changed_static(MID_STATIC_COUNT + i)) continue;
    const char *name = mid_latches[i].name;
    h += mid_hash_bytes(*mid_latches[i].at, (const unsigned char *)name, strlen(name));
  }
  return h;
}
