// Room: PladCache
