// The writable memory of the library, which a reset puts back. See doc.go for an overview.

#include "shared.h"

#include <link.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MAX_PARTS 8
#define GOLDEN 0x9e3779b97f4a7c15ull

// What of a segment is writable once the library is loaded: relocated constants are not.
typedef struct part {
  uint8_t *at, *kept;
  size_t   size;
} part;

static struct {
  uintptr_t base;                             // where the library was loaded
  part      parts[MAX_PARTS];
  unsigned  n;
  bool      found, too_many;
} image;

static bool holds(const struct dl_phdr_info *info, uintptr_t at) {
  for (int i = 0; i < info->dlpi_phnum; i++) {
    const ElfW(Phdr) *p = &info->dlpi_phdr[i];
    uintptr_t from = info->dlpi_addr + p->p_vaddr;
    if (p->p_type == PT_LOAD && at >= from && at < from + p->p_memsz) return true;
  }
  return false;
}

// Constants that are relocated end at a page, from there on the memory is writable.
static uintptr_t constants_end(const struct dl_phdr_info *info) {
  uintptr_t page = (uintptr_t)mid_os_page_size();
  for (int i = 0; i < info->dlpi_phnum; i++) {
    const ElfW(Phdr) *p = &info->dlpi_phdr[i];
    if (p->p_type == PT_GNU_RELRO) return (info->dlpi_addr + p->p_vaddr + p->p_memsz) / page * page;
  }
  return 0;
}

static void add(uintptr_t from, uintptr_t to) {
  if (from >= to) return;
  image.too_many = image.n == MAX_PARTS;
  if (!image.too_many) image.parts[image.n++] = (part){.at = (uint8_t *)from, .size = to - from};
}

static int look(struct dl_phdr_info *info, size_t size, void *inside) {
  (void)size;
  if (!holds(info, (uintptr_t)inside)) return 0;
  image.base = info->dlpi_addr;
  image.found = true;
  uintptr_t constants = constants_end(info);
  for (int i = 0; i < info->dlpi_phnum; i++) {
    const ElfW(Phdr) *p = &info->dlpi_phdr[i];
    if (p->p_type != PT_LOAD || (p->p_flags & PF_W) == 0) continue;
    uintptr_t from = info->dlpi_addr + p->p_vaddr, to = from + p->p_memsz;
    add(constants > from && constants <= to ? constants : from, to);
  }
  return 1;
}

const char *mid_image_find(const void *inside) {
  dl_iterate_phdr(look, (void *)inside);
  if (!image.found) return "its segments cannot be found";
  if (image.too_many || image.n == 0) return "it has no writable segments, or too many";
  for (unsigned i = 0; i < image.n; i++) {
    image.parts[i].kept = malloc(image.parts[i].size);
    if (image.parts[i].kept == NULL) return "no memory for a copy of its writable segments";
  }
  return NULL;
}

void mid_image_keep(void) {
  for (unsigned i = 0; i < image.n; i++) memcpy(image.parts[i].kept, image.parts[i].at, image.parts[i].size);
}

void mid_image_restore(void) {
  for (unsigned i = 0; i < image.n; i++) memcpy(image.parts[i].at, image.parts[i].kept, image.parts[i].size);
}

bool mid_image_has(const void *at, size_t size) {
  for (unsigned i = 0; i < image.n; i++) {
    const part *p = &image.parts[i];
    size_t offset = (size_t)((uintptr_t)at - (uintptr_t)p->at);
    if (offset < p->size && p->size - offset >= size) return true;
  }
  return false;
}

void mid_image_each(void (*take)(void *at, size_t size)) {
  for (unsigned i = 0; i < image.n; i++) take(image.parts[i].at, image.parts[i].size);
}

uint64_t mid_image_hash(uint64_t h) {
  for (unsigned i = 0; i < image.n; i++) {
    const part *p = &image.parts[i];
    for (size_t o = 0; o + 8 <= p->size; o += 8) {
      uint64_t w;
      memcpy(&w, p->at + o, 8);
      h = (h ^ w) * GOLDEN;
      h ^= h >> 29;
    }
  }
  return h;
}

// ---- thread-local memory ----

// What the compiler calls to reach a thread-local variable of a library; module and offset name it.
typedef struct place {
  unsigned long module, offset;
} place;

extern void *__tls_get_addr(place *);

typedef struct local {
  size_t module, size;
} local;

static int look_local(struct dl_phdr_info *info, size_t size, void *arg) {
  (void)size;
  if (info->dlpi_addr != image.base) return 0;
  local *l = arg;
  for (int i = 0; i < info->dlpi_phnum; i++) {
    if (info->dlpi_phdr[i].p_type == PT_TLS) *l = (local){info->dlpi_tls_modid, info->dlpi_phdr[i].p_memsz};
  }
  return 1;
}

// dlpi_tls_data would be NULL for memory that no such call has reached yet.
void *mid_local_memory(size_t *size) {
  local l = {0};
  dl_iterate_phdr(look_local, &l);
  *size = l.size;
  return l.size > 0 ? __tls_get_addr(&(place){l.module, 0}) : NULL;
}
