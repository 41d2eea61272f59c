// The simulated operating system. See doc.go for an overview.
//
// One reservation of address space, given out in ascending order and never twice in a run, so that
// the same calls give the same addresses in every run and in every process. All of it is always
// readable and writable: what the library asks for is only recorded, in a trace and as the state of
// every page. goalloc's osmem has the same rules.

#include "space.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>

#define SEGMENT         (32 * MIB)
#define SMALL_REQUEST   (1 * MIB)        // unhinted requests below it go to the small area
#define MAIN_RESIDENT   (512 * MIB)      // memory that stays resident from run to run
#define SMALL_RESIDENT  (1 * MIB)
#define RESIDENT_RUNS   16384            // runs after which that memory is given back, too
#define ZEROED_SMALL    (16 * KIB)       // mappings of the small area up to this read zero
#define CLOCK_START     1000
#define RANDOM_SEED     0x6d696469666600ull
#define HASH_START      0x6d69646966663130ull

uint64_t mid_os_hash;
uint32_t mid_os_calls;
uint32_t mid_os_step;

static struct {
  uint64_t main, small;                  // next free byte of each area
  uint64_t clock_ms;
  uint64_t random;
  uint64_t counts[MID_CALL_KINDS];       // calls of each kind so far, for the faults
  unsigned segments;
} now;

static mid_fault planned[MID_MAX_FAULTS];
static size_t    nplanned;
static mid_call  kept[MID_CALLS_KEPT];

// State of every page: neither bit set is none, mapped alone is reserved, both are committed.
static uint64_t mapped[ALL / PAGE / 64];
static uint64_t committed[ALL / PAGE / 64];
static uint64_t segment_seen[ALL / SEGMENT / 64];

// ---- trace and faults ----

static void record(uint8_t kind, uint16_t arg, int err, uint64_t addr, uint64_t size) {
  uint64_t h = mix(mid_os_hash, kind | (uint64_t)err << 8 | (uint64_t)arg << 16);
  mid_os_hash = mix(mix(h, addr), size);
  if (mid_os_calls < MID_CALLS_KEPT) {
    kept[mid_os_calls] = (mid_call){kind, arg, (uint8_t)err, mid_os_step, addr, size};
  }
  mid_os_calls++;
}

// Counts a call and says how it fails, 0 for not at all.
static int next_fault(unsigned call) {
  uint64_t n = ++now.counts[call];
  for (size_t i = 0; i < nplanned; i++) {
    const mid_fault *f = &planned[i];
    if (f->call == call && (n == f->n || (f->sticky && n > f->n))) return f->err;
  }
  return 0;
}

bool mid_os_plan(const mid_fault *faults, size_t n) {
  if (n > MID_MAX_FAULTS) return false;
  if (n > 0) memcpy(planned, faults, n * sizeof(*faults));
  nplanned = n;
  return true;
}

const mid_call *mid_calls(size_t *n) {
  *n = mid_os_calls < MID_CALLS_KEPT ? mid_os_calls : MID_CALLS_KEPT;
  return kept;
}

// ---- page states ----

static void set_bits(uint64_t *word, uint64_t mask, bool on) {
  if (on) *word |= mask;
  else *word &= ~mask;
}

static void set_range(uint64_t *bits, uint64_t first, uint64_t count, bool on) {
  uint64_t skip = first % 64;
  if (skip != 0 && count > 0) {
    uint64_t n = count < 64 - skip ? count : 64 - skip;
    set_bits(&bits[first / 64], ~(uint64_t)0 >> (64 - n) << skip, on);
    first += n;
    count -= n;
  }
  memset(bits + first / 64, on ? 0xff : 0, count / 64 * 8);
  if (count % 64 != 0) set_bits(&bits[(first + count) / 64], ~(uint64_t)0 >> (64 - count % 64), on);
}

// Memory that is fresh reads zero. That matters where a header may come to lie, and is cleared there.
static void clear_stale(uint64_t addr, uint64_t size) {
  uint64_t at = (addr + SEGMENT - 1) / SEGMENT * SEGMENT;
  for (; at + PAGE <= addr + size && at < MAIN_END; at += SEGMENT) {
    memset((void *)(uintptr_t)(MID_BASE + at + MID_STALE_FROM), 0, MID_STALE_TO - MID_STALE_FROM);
  }
}

static void set_state(uint64_t addr, uint64_t size, bool map, bool commit) {
  set_range(mapped, addr / PAGE, size / PAGE, map);
  set_range(committed, addr / PAGE, size / PAGE, commit);
}

bool mid_committed(uint64_t addr, uint64_t size) {
  if (size == 0) return true;
  if (addr >= ALL || size > ALL - addr) return false;
  uint64_t end = (addr + size - 1) / PAGE + 1;
  for (uint64_t i = addr / PAGE; i < end;) {
    if (i % 64 == 0 && end - i >= 64 && committed[i / 64] == ~(uint64_t)0) {
      i += 64;
      continue;
    }
    if ((committed[i / 64] >> (i % 64) & 1) == 0) return false;
    i++;
  }
  return true;
}

// Takes the ranges of one area into out.
static size_t mapped_in(uint64_t from, uint64_t to, mid_range *out, size_t n, size_t room) {
  bool inside = false;
  for (uint64_t i = from / PAGE; i < (to + PAGE - 1) / PAGE; i++) {
    if (i % 64 == 0 && !inside && mapped[i / 64] == 0) {
      i += 63;
      continue;
    }
    bool is = mapped[i / 64] >> (i % 64) & 1;
    if (is && !inside && n++ < room) out[n - 1] = (mid_range){i * PAGE, 0};
    inside = is;
    if (is && n <= room) out[n - 1].size += PAGE;
  }
  return n;
}

size_t mid_mapped(mid_range *out, size_t room) {
  size_t n = mapped_in(0, now.main, out, 0, room);
  return mapped_in(MAIN_END, now.small, out, n, room);
}

// A range outside the reservation can only come from a mistake in this shim: going on would change
// memory that is not ours.
static uint64_t relative(const void *p, uint64_t size, const char *what) {
  uint64_t addr = (uintptr_t)p - MID_BASE;
  if ((uintptr_t)p < MID_BASE || addr >= ALL || size > ALL - addr) {
    fprintf(stderr, "cref: %s of %p, %llu bytes: outside the simulated memory\n", what, p,
            (unsigned long long)size);
    abort();
  }
  return addr;
}

// ---- the calls ----

// Finds room: aligned if hinted, deliberately misaligned if large and not hinted, so that the
// library's alignment fallback is exercised.
static bool place(bool hinted, uint64_t size, uint64_t *addr) {
  if (!hinted && size < SMALL_REQUEST) {
    if (size > ALL - now.small) return false;
    *addr = now.small;
    now.small += size;
    return true;
  }
  uint64_t unit = hinted ? SEGMENT : PAGE;
  uint64_t at = (now.main + unit - 1) / unit * unit;
  if (!hinted && at % (64 * KIB) == 0) at += PAGE;
  if (at > MAIN_END || size > MAIN_END - at) return false;
  *addr = at;
  now.main = at + size;
  return true;
}

void *mid_os_mmap(void *hint, size_t size, int prot, int flags) {
  bool writable = (prot & PROT_WRITE) != 0;
  uint16_t arg = (uint16_t)(writable | (hint != NULL) << 1 | ((flags & MAP_NORESERVE) != 0) << 2);
  uint64_t addr = 0;
  int err = next_fault(MID_MMAP);
  if (err == 0 && (flags & MAP_HUGETLB)) err = ENOMEM;  // huge pages are never granted
  if (err == 0 && !place(hint != NULL, size, &addr)) err = ENOMEM;
  record(1, arg, err, addr, size);
  if (err != 0) {
    errno = err;
    return MAP_FAILED;
  }
  set_state(addr, size, true, writable);
  void *p = (void *)(uintptr_t)(MID_BASE + addr);
  // The library takes fresh memory to be zero. What relies on it, beside the headers of segments (see
  // mid_os_segment), are the records of arenas, which lie in the small area.
  if (addr >= MAIN_END && size <= ZEROED_SMALL) memset(p, 0, size);
  clear_stale(addr, size);
  return p;
}

// Whole pages, at least one. A size that cannot be rounded up is refused in any case.
static uint64_t pages_of(uint64_t size) {
  if (size == 0) return PAGE;
  return size > UINT64_MAX - PAGE ? size / PAGE * PAGE : (size + PAGE - 1) / PAGE * PAGE;
}

void *mid_os_take(uint64_t size, bool writable) {
  void *hint = (void *)(uintptr_t)MID_BASE;
  void *p = mid_os_mmap(hint, pages_of(size), writable ? PROT_WRITE : PROT_NONE, MAP_NORESERVE);
  return p == MAP_FAILED ? NULL : p;
}

void mid_os_drop(void *p, uint64_t size) { mid_os_munmap(p, pages_of(size)); }

static int change(unsigned call, uint8_t kind, uint16_t arg, uint64_t addr, uint64_t size, bool map,
                  bool commit) {
  int err = next_fault(call);
  record(kind, arg, err, addr, size);
  if (err != 0) {
    errno = err;
    return -1;
  }
  set_state(addr, size, map, commit);
  return 0;
}

int mid_os_munmap(void *p, size_t size) {
  return change(MID_MUNMAP, 2, 0, relative(p, size, "munmap"), size, false, false);
}

int mid_os_mprotect(void *p, size_t size, int prot) {
  bool writable = (prot & PROT_WRITE) != 0;
  return change(MID_MPROTECT, 3, writable, relative(p, size, "mprotect"), size, true, writable);
}

// Later versions go on using memory after DONTNEED, as the system allows: for them it stays committed.
// DONTNEED leaves the contents as they are but for clear_stale, unlike the real call: dropping pages would cost
// page faults in every run. FREE leaves the state, too.
int mid_os_madvise(void *p, size_t size, int advice) {
  uint64_t addr = relative(p, size, "madvise");
  bool drops = advice == MADV_DONTNEED;
  if (drops && (mid_lib == NULL || !mid_lib->later)) {
    int failed = change(MID_MADVISE, 4, 0, addr, size, true, false);
    if (failed == 0) clear_stale(addr, size);
    return failed;
  }
  int err = next_fault(MID_MADVISE);
  record(drops ? 4 : advice == MADV_HUGEPAGE ? 9 : 5, 0, err, addr, size);
  if (drops && err == 0) clear_stale(addr, size);
  if (err == 0) return 0;
  errno = err;
  return -1;
}

// A clock that fails leaves zero: a real one leaves what was there before, and the library, which does
// not look whether the call failed, takes that for the time.
int mid_os_clock(void *timespec) {
  struct timespec *t = timespec;
  int err = next_fault(MID_CLOCK);
  uint64_t ms = err == 0 ? now.clock_ms : 0;
  record(7, 0, err, 0, ms);
  t->tv_sec = (time_t)(ms / 1000);
  t->tv_nsec = (long)(ms % 1000 * 1000000);
  if (err == 0) return 0;
  errno = err;
  return -1;
}

void mid_os_tick(uint64_t ms) { now.clock_ms += ms; }

static uint64_t next_random(void) {
  uint64_t z = now.random += GOLDEN;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
  return z ^ (z >> 31);
}

static void random_bytes(uint8_t *p, size_t n) {
  uint64_t z = 0;
  for (size_t i = 0; i < n; i++, z >>= 8) {
    if (i % 8 == 0) z = next_random();
    p[i] = (uint8_t)z;
  }
}

// getrandom is the only one the library needs here; with one NUMA node it asks for no processor.
long mid_os_syscall(long number, ...) {
  if (number != SYS_getrandom) {
    errno = ENOSYS;
    return -1;
  }
  va_list args;
  va_start(args, number);
  uint8_t *p = va_arg(args, uint8_t *);
  size_t n = va_arg(args, size_t);
  va_end(args);
  int err = next_fault(MID_GETRANDOM);
  record(6, 0, err, 0, n);
  if (err != 0) {
    errno = err;
    return -1;
  }
  random_bytes(p, n);
  return (long)n;
}

// There are no files, so overcommit is taken as granted, and there is one NUMA node. In a run the only
// file that the library opens is the one of random bytes, where getrandom is not known.
int mid_os_open_file(void) {
  record(8, 0, ENOENT, 0, 0);
  errno = ENOENT;
  return -1;
}

int mid_os_access_file(void) {
  errno = ENOENT;
  return -1;
}

long mid_os_page_size(void) { return (long)PAGE; }

// ---- segments ----

// The library takes fresh memory to be zero, but it is zero in the first run only: earlier runs
// left headers and block contents in it. What it relies on is the header record alone, so that is
// cleared, but for what clear_stale looks after, when the library is about to use it for the first time in a run (at a reset would be too
// soon: what is a header in the next run may be the inside of a block in this one).
void mid_os_segment(void *header, size_t size) {
  uint64_t addr = relative(header, size, "segment header");
  uint64_t i = addr / SEGMENT;
  if (addr % SEGMENT != 0) {
    fprintf(stderr, "cref: segment at %p is not aligned to 32 MiB\n", header);
    abort();
  }
  // One from the library's cache is not new: the library knows that it is dirty.
  if (segment_seen[i / 64] >> (i % 64) & 1) return;
  segment_seen[i / 64] |= (uint64_t)1 << (i % 64);
  now.segments++;
  memset(header, 0, MID_STALE_FROM);
  memset((char *)header + MID_STALE_TO, 0, size - MID_STALE_TO);
}

unsigned mid_os_segments(void) { return now.segments; }

// ---- runs ----

static int reserved = -1;  // 0, or the errno of the reservation

// Runs before Go's runtime starts: from Go 1.26 on that begins its heap at a random address, which
// in one process of a thousand would lie in the range wanted here. Go's heap gives way, we cannot.
// In an archive that runtime is begun by a constructor, too, so that this one has a priority.
__attribute__((constructor(101))) static void reserve(void) {
  void *want = (void *)(uintptr_t)MID_BASE;
  void *got = mmap(want, ALL, PROT_READ | PROT_WRITE,
                   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED_NOREPLACE, -1, 0);
  reserved = got == want ? 0 : got == MAP_FAILED ? errno : EEXIST;
  // A kernel before 4.17 takes the address as a hint.
  if (reserved == EEXIST && got != MAP_FAILED) munmap(got, ALL);
  // A huge page would make the first touch of each 2 MiB cost a clear of all of it.
  if (reserved == 0) madvise(want, ALL, MADV_NOHUGEPAGE);
}

int mid_os_open(void) {
  if (reserved == 0) mid_os_reset();
  return reserved;
}

static void release(uint64_t from, uint64_t to) {
  if (to > from) madvise((void *)(uintptr_t)(MID_BASE + from), to - from, MADV_DONTNEED);
}

static void forget(uint64_t *bits, uint64_t from, uint64_t to, uint64_t unit) {
  uint64_t units = (to + unit - 1) / unit;
  uint64_t first = from / unit / 64, end = (units + 63) / 64;
  if (end > first) memset(bits + first, 0, (end - first) * sizeof(*bits));
}

// Runs go on to touch other pages, so that what stays resident would grow for as long as there are runs. No run
// depends on what memory holds, and giving it back after so many runs costs less than a hundredth of them.
static void release_resident(void) {
  static unsigned runs;
  if (++runs % RESIDENT_RUNS != 0) return;
  release(0, MAIN_RESIDENT);
  release(MAIN_END, MAIN_END + SMALL_RESIDENT);
}

void mid_os_reset(void) {
  bool fresh = mid_lib != NULL && mid_lib->fresh;
  forget(mapped, 0, now.main, PAGE);
  forget(committed, 0, now.main, PAGE);
  forget(segment_seen, 0, now.main, SEGMENT);
  if (now.small > MAIN_END) {
    forget(mapped, MAIN_END, now.small, PAGE);
    forget(committed, MAIN_END, now.small, PAGE);
    release(MAIN_END + (fresh ? 0 : SMALL_RESIDENT), now.small);
  }
  release(fresh ? 0 : MAIN_RESIDENT, now.main);
  if (!fresh) release_resident();
  memset(&now, 0, sizeof(now));
  mid_base_restore(&now.main, &now.small, mapped, committed);
  now.clock_ms = CLOCK_START;
  now.random = RANDOM_SEED;
  nplanned = 0;
  mid_os_hash = HASH_START;
  mid_os_calls = 0;
  mid_os_step = 0;
}

bool mid_os_keep(void) { return mid_base_keep(now.main, now.small, mapped, committed); }

void mid_os_forget(void) {
  release(0, ALL);
  mid_base_refill();
}

// Covers all but the kept calls, and of the memory only what is there when a run begins.
uint64_t mid_os_fingerprint(void) {
  uint64_t h = mix(mix(mix(mid_os_hash, mid_os_calls), nplanned), now.segments);
  h = mix(mix(mix(mix(h, now.main), now.small), now.clock_ms), now.random);
  for (unsigned i = 0; i < MID_CALL_KINDS; i++) h = mix(h, now.counts[i]);
  for (size_t i = 0; i < sizeof(mapped) / 8; i++) {
    if ((mapped[i] | committed[i]) != 0) h = mix(mix(mix(h, i), mapped[i]), committed[i]);
  }
  for (size_t i = 0; i < sizeof(segment_seen) / 8; i++) h = mix(h, segment_seen[i]);
  return mid_base_mix(h);
}
