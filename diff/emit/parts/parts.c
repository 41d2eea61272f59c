
// The first, an inner and the last byte of a block, or word of it if unit is 8.
static void *part(void *p, int which, size_t unit) {
  live *l = find(p);
  if (l == NULL) return p;
  size_t offset = which == 0 ? 0 : which == 1 ? l->usable / 2 : at_least_1(l->usable) - 1;
  return (char *)l->at + offset / unit * unit;
}
