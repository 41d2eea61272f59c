// What threads that run at once have mapped, which the next run gives back: later versions keep it to the end of the
// process. See doc.go for an overview.

#include "shared.h"

#undef mi
#include "../pthreads/run.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

typedef struct span {
  uintptr_t from, to;
} span;

// The mutex is held over every map and unmap: else memory could be given to one thread while another, that has just
// unmapped it, still has to take it out.
static struct {
  pthread_mutex_t mutex;
  span           *all;
  size_t          n, room;
  uint64_t        bytes;
  bool            opened;
} held = {.mutex = PTHREAD_MUTEX_INITIALIZER};

void mid_at_once_opened(void) { held.opened = true; }

// Threads of a run in which the library is the one that was opened.
bool mid_at_once(void) { return held.opened && mid_place.r != NULL; }

static void add(uintptr_t from, uintptr_t to) {
  if (held.n == held.room) {
    held.room = held.room * 2 + 64;
    held.all = realloc(held.all, held.room * sizeof(span));
    if (held.all == NULL) abort();
  }
  held.all[held.n++] = (span){from, to};
  held.bytes += to - from;
}

static void take_out(uintptr_t from, uintptr_t to) {
  for (size_t i = 0; i < held.n; i++) {
    span s = held.all[i];
    if (s.to <= from || to <= s.from) continue;
    held.all[i--] = held.all[--held.n];
    held.bytes -= s.to - s.from;
    if (s.from < from) add(s.from, from);
    if (to < s.to) add(to, s.to);
  }
}

static uintptr_t pages(size_t size) { return (size + 4095) / 4096 * 4096; }

void *mid_at_once_map(void *hint, size_t size, int prot, int flags, int fd, long offset, mid_mapper *real) {
  if (size > MID_MOST_MAPPED) {
    errno = ENOMEM;
    return MAP_FAILED;
  }
  pthread_mutex_lock(&held.mutex);
  void *p = real(hint, size, prot, flags, fd, offset);
  if (p != MAP_FAILED) {
    take_out((uintptr_t)p, (uintptr_t)p + pages(size)); // MAP_FIXED
    add((uintptr_t)p, (uintptr_t)p + pages(size));
  }
  pthread_mutex_unlock(&held.mutex);
  return p;
}

int mid_at_once_unmap(void *p, size_t size, mid_unmapper *real) {
  pthread_mutex_lock(&held.mutex);
  int err = real(p, size);
  if (err == 0) take_out((uintptr_t)p, (uintptr_t)p + pages(size));
  pthread_mutex_unlock(&held.mutex);
  return err;
}

uint64_t mid_at_once_mapped(void) { return held.bytes; }

void mid_at_once_unmap_all(void) {
  while (held.n > 0) {
    span s = held.all[--held.n];
    munmap((void *)s.from, s.to - s.from);
  }
  held.bytes = 0;
}
