// Room: PladStudent
