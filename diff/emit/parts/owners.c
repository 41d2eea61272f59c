//@ destroys

// A heap is about to end with its blocks: with those, and with no others.
static void destroying_at(int line, const char *name, mi_heap_t *h) {
  for (size_t i = 0; i < count; i++) {
    live *l = &lives[i];
    bool own = l->heap == h;
    if (l->mark == 0 || mi_heap_contains_block(h, (void *)l->at) == own) continue;
    failed(line, own ? "%s does not have its block at %#zx" : "%s has a block that is not its own, at %#zx",
           name, (size_t)l->at);
  }
  size_t left = 0;
  for (size_t i = 0; i < count; i++) {
    if (lives[i].heap != h && lives[i].at != (uintptr_t)h) lives[left++] = lives[i];
  }
  count = left;
  last_line = line;
}
//@ end
//@ leaving

// The thread is about to end: its blocks may go to anybody.
static void leaving(void) {
  for (size_t i = 0; i < count; i++) {
    if (lives[i].heap == mi_heap_get_backing()) lives[i].heap = NULL;
  }
}
//@ end
