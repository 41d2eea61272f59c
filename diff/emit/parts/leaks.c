
// ---- what is left when all was given back ----
//@ committed

static size_t committed(void) {
  size_t bytes = 0;
  mi_process_info(NULL, NULL, NULL, NULL, NULL, &bytes, NULL, NULL);
  return bytes;
}
//@ end
//@ threads

// Finds what is current of "threads:" in the text of the statistics.
static void find_threads(const char *text, void *current) {
  static char line[4096];
  size_t n = strlen(line);
  snprintf(line + n, sizeof(line) - n, "%s", text);
  const char *at = strstr(line, "threads:");
  if (at != NULL && strchr(at, '\n') != NULL) sscanf(at, "threads: %*s %*s %*s %ld", (long *)current);
  const char *end = strrchr(line, '\n');
  if (end != NULL) memmove(line, end + 1, strlen(end + 1) + 1);
}

static long threads(void) {
  long current = 0;
  mi_stats_print_out(find_threads, &current);
  return current;
}
//@ end
