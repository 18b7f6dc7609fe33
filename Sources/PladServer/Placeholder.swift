// Room: PladServer
