
// Nothing is promised of what a visit of abandoned segments tells.
static bool see(const mi_heap_t *h, const mi_heap_area_t *area, void *block, size_t size, void *unused) {
  (void)h, (void)area, (void)block, (void)size, (void)unused;
  return true;
}
