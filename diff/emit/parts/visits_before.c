// Where blocks were that have been freed.
static uintptr_t dead[MOST_DEAD];
static size_t n_dead;

