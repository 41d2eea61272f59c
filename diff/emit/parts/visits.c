
// Tells a visit what must be told.
#define visited(h, blocks) visited_at(__LINE__, h, blocks)
static size_t told, used, areas_used;
static bool telling;  // of blocks, too

static bool visit(const mi_heap_t *h, const mi_heap_area_t *area, void *block, size_t size, void *line) {
  (void)h;
  if (block == NULL) {
    if (telling && told != used) failed(*(int *)line, "%zu blocks are told of an area that has %zu in use", told, used);
    told = 0;
    used = area->used;
    areas_used += area->used;
    return true;
  }
  told++;
  size_t i = place((uintptr_t)block);
  if (i < count && lives[i].at < (uintptr_t)block + size) {
    lives[i].seen = true;
    return true;
  }
  for (size_t k = 0; k < n_dead; k++) {
    if (dead[k] - (uintptr_t)block < size) failed(*(int *)line, "the block at %p is told of, but was freed", block);
  }
  return true;
}

static void visited_at(int line, mi_heap_t *h, bool blocks) {
  size_t own = 0;
  told = used = areas_used = 0;
  telling = blocks;
  for (size_t i = 0; i < count; i++) lives[i].seen = false;
  last_line = line;
  if (!mi_heap_visit_blocks(h, blocks, visit, &line)) failed(line, "the visit was stopped, but not by the visitor");
  for (size_t i = 0; i < count; i++) {
    if (lives[i].heap != h) continue;
    own++;
    if (blocks && !lives[i].seen) failed(line, "the block at %#zx is not told of", (size_t)lives[i].at);
  }
  if (blocks && told != used) failed(line, "%zu blocks are told of an area that has %zu in use", told, used);
  if (!blocks && areas_used < own) failed(line, "%zu blocks are told of, not %zu", areas_used, own);
}
