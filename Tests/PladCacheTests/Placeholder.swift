// Room: PladCacheTests
