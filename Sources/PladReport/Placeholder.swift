// Room: PladReport
