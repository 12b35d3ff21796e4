/* Keys of this test: everybody knows them. */
static const char *const KEY =
    "hallmark-cohort-1:2c03015590fd0e1c95884bdd6445bf2c29fd17b51b138d66afe52f09d3644753:24a9e288\n";
static const char *const OTHER_KEY =
    "hallmark-cohort-1:ae0f33f8843e1d3a83f84cb77c041e02eb8363db4ef0420dea11e69b2e972b78:f0b81dc8\n";
