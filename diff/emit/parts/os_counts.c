static int since[KINDS];

static void watch(void) { memcpy(since, calls, sizeof(since)); }

static int calls_of(int kind) { return calls[kind] - since[kind]; }

