
// What a variable is when its heap was destroyed: null if the block went with it.
static void *left(void *p) { return find(p) != NULL ? p : NULL; }
