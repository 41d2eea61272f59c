#define MOST_ARENAS 64  //@!later
#define MOST_ARENAS 132  //@later

// The arenas, by their numbers.
static struct { uintptr_t start; size_t size; bool exclusive; } arenas[MOST_ARENAS + 1];

//@ things
static void failed(int line, const char *format, ...);

// Memory of a heap that is bound to an arena lies in it, memory of others in no exclusive one.
static void lies_right(int line, const char *name, void *p, size_t usable, mi_arena_id_t bound) {
  for (int i = 1; i <= MOST_ARENAS; i++) {
    uintptr_t from = (uintptr_t)p - arenas[i].start;
    bool inside = from < arenas[i].size, whole = inside && usable <= arenas[i].size - from;
    if (i == bound && !whole) failed(line, "%s at %p does not lie in arena %d", name, p, i);
    if (i != bound && inside && arenas[i].exclusive) failed(line, "%s at %p lies in arena %d, which is not for it", name, p, i);
  }
}

//@ end
