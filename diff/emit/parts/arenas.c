
#define arena_made(id, size, exclusive) arena_made_at(__LINE__, id, size, exclusive)

// Takes an arena in.
static void arena_made_at(int line, mi_arena_id_t id, size_t size, bool exclusive) {
  size_t got = 0;
  void *start = mi_arena_area(id, &got);
  last_line = line;
  if (id < 1 || id > MOST_ARENAS) {
    failed(line, "the arena has the number %d", id);
    return;
  }
  if (got != size || (uintptr_t)start % (32 << 20) != 0) failed(line, "arena %d is at %p, %zu bytes", id, start, got);
  arenas[id].start = (uintptr_t)start;
  arenas[id].size = got;
  arenas[id].exclusive = exclusive;
}
