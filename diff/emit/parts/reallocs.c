
// A block was resized. Gives what is to be used from now on.
static void *moved_at(int line, const char *name, void *was, void *result, want w) {
  void *p = opaque(result);
  live *l = find(was), old = {0};
  if (!there(line, name, p, w)) {
    if (!w.frees) holds_at(line, name, was);
    else if (l != NULL) drop(l);
    return w.frees ? NULL : was;
  }
  if (l != NULL) old = *l;
  if (l != NULL && (uintptr_t)p == old.at) {
    size_t usable = mi_usable_size(p);
    if (usable != old.usable) failed(line, "%s has %zu bytes, not %zu as before", name, usable, old.usable);
    if (usable < w.size) failed(line, "%s has %zu bytes of the %zu that were asked for", name, usable, w.size);
    if (w.align != 0) aligned(line, name, p, w);
    return p;
  }
  if (l != NULL) same(line, name, &old, p, old.usable < w.size ? old.usable : w.size);
  if (w.zeroed) zero(line, name, p, old.usable, w.size);  //@zeroed
  begin(line, name, p, w);
  if (l != NULL) drop(find(was));
  return p;
}
