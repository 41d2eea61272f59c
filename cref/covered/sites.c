//go:build ccover

// The calls that the compiler puts into the library. See doc.go for an overview.

#define _GNU_SOURCE

#include "sites.h"

#include <link.h>
#include <string.h>

#define CALL      0xe8        // the instruction, with a distance of four bytes behind it
#define CALL_SIZE 5
#define MAX_SITES 8192
#define REACH     (1u << 20)  // bytes of code that the library may take
#define GRAIN     4           // smaller than a call, so that no two places share a byte of the map

static uint8_t   map[REACH / GRAIN];
static uint16_t  number[REACH / GRAIN];  // of a place, in the order of addresses
static uintptr_t places[MAX_SITES];
static size_t    count;
static uintptr_t first;

void __sanitizer_cov_trace_pc(void);

MID_UNCOUNTED void __sanitizer_cov_trace_pc(void) {
  uintptr_t at = ((uintptr_t)__builtin_return_address(0) - first) / GRAIN;
  if (at < REACH / GRAIN) map[at] = 1;
}

MID_UNCOUNTED static void search(const uint8_t *code, size_t size) {
  uintptr_t called = (uintptr_t)__sanitizer_cov_trace_pc;
  for (size_t i = 0; i + CALL_SIZE <= size; i++) {
    if (code[i] != CALL) continue;
    int32_t distance;
    memcpy(&distance, code + i + 1, sizeof(distance));
    uintptr_t back = (uintptr_t)code + i + CALL_SIZE;
    if (back + (uintptr_t)(intptr_t)distance != called || count == MAX_SITES) continue;
    if (first == 0) first = back;
    if (back - first >= REACH) continue;
    number[(back - first) / GRAIN] = (uint16_t)count;
    places[count++] = back;
  }
}

// The first object is the program itself.
MID_UNCOUNTED static int search_program(struct dl_phdr_info *program, size_t size, void *unused) {
  (void)size, (void)unused;
  for (unsigned i = 0; i < program->dlpi_phnum; i++) {
    const ElfW(Phdr) *part = &program->dlpi_phdr[i];
    if (part->p_type != PT_LOAD || !(part->p_flags & PF_X)) continue;
    search((const uint8_t *)(program->dlpi_addr + part->p_vaddr), part->p_filesz);
  }
  return 1;
}

// Before anything of the library runs.
__attribute__((constructor)) MID_UNCOUNTED static void search_all(void) { dl_iterate_phdr(search_program, NULL); }

MID_UNCOUNTED const uintptr_t *mid_sites(size_t *n) {
  *n = count;
  return places;
}

// The part of the map that can be marked, in words.
MID_UNCOUNTED static size_t words(void) {
  size_t n;
  const uintptr_t *all = mid_sites(&n);
  return n == 0 ? 0 : (all[n - 1] - first) / GRAIN / 8 + 1;
}

MID_UNCOUNTED void mid_sites_clear(void) { memset(map, 0, words() * 8); }

MID_UNCOUNTED size_t mid_sites_take(uint16_t *out, size_t room) {
  size_t n = 0, to = words();
  for (size_t i = 0; i < to; i++) {
    uint64_t marks;
    memcpy(&marks, map + i * 8, sizeof(marks));
    for (; marks != 0 && n < room; marks &= marks - 1) {
      out[n++] = number[i * 8 + (unsigned)__builtin_ctzll(marks) / 8];
    }
  }
  return n;
}
