
// Frees the first of n blocks and every stride-th after it. Gives how many are left.
static size_t drain_at(int line, const char *name, void **blocks, size_t n, size_t stride) {
  size_t left = 0;
  for (size_t i = 0; i < n; i++) {
    if (i % stride != 0) {
      blocks[left++] = blocks[i];
      continue;
    }
    gone_at(line, name, blocks[i]);
    mi_free(blocks[i]);
  }
  return left;
}
#define drain(blocks, n, stride) drain_at(__LINE__, #blocks, blocks, n, stride)
