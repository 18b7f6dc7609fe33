// Room: PladRecords
