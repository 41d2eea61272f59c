
// Blocks that wait for the callback, the oldest first.
static void *queue[MOST_QUEUED];
static size_t n_queued, next_queued;
static bool frees, allocates, at_end, ending;  //@callback

static void wait_for_callback(void *p) { queue[n_queued++] = p; }  //@queues

//@ callback
static void deferred(bool force, unsigned long long heartbeat, void *arg) {
  static _Thread_local unsigned long long last_heartbeat;
  static bool inside;
  if (inside || !frees || arg != queue) failed(last_line, "the callback is called where it must not be");
  if (heartbeat <= last_heartbeat && !ending) failed(last_line, "the heartbeat does not grow");
  if (inside) return;
  inside = true;
  last_heartbeat = ending ? 0 : heartbeat;  // a thread that ends may have been started anew
  size_t most = force ? n_queued : next_queued + 4 < n_queued ? next_queued + 4 : n_queued;
  for (; next_queued < most; next_queued++) {
    gone(queue[next_queued]);
    mi_free(queue[next_queued]);
  }
  if (allocates && (at_end || !ending)) mi_free(mi_malloc(2000));
  inside = false;
}
//@ end
//@ left

// Blocks that wait may have ended with their heap.
static void forget_ended(void) {
  for (size_t i = next_queued; i < n_queued; i++) queue[i] = left(queue[i]);
}
//@ end
