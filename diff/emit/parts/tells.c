
static size_t size_told;    // of a block, as some calls tell beside their result
static size_t size_before;  // of one that is resized, before that  //@tells_both
