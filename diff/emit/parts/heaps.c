
#define opened(h, null) opened_at(__LINE__, #h, h, (want){null})
#define closing(h) closing_at(__LINE__, h)  //@closing
#define destroying(h) destroying_at(__LINE__, #h, h)  //@destroys

// A heap's record is a block of its thread's own heap.
static void opened_at(int line, const char *name, mi_heap_t *h, want w) {
  if (!there(line, name, h, w)) return;
  lies_right(line, name, h, mi_usable_size(h), 0);  //@arenas
  live *l = add(line, name, (uintptr_t)h, mi_usable_size(h));  //@heaps
  l->heap = mi_heap_get_backing();  //@heaps
  reused(l);  //@visits
  add(line, name, (uintptr_t)h, mi_usable_size(h));  //@!heaps
}

//@ closing
// A heap is about to end; its blocks go to its thread's own heap.
static void closing_at(int line, mi_heap_t *h) {
  live *record = find(h);
  last_line = line;
  if (record != NULL) drop(record);
  for (size_t i = 0; i < count; i++) {  //@heaps
    if (lives[i].heap == h) lives[i].heap = mi_heap_get_backing();  //@heaps
  }  //@heaps
}
//@ end
