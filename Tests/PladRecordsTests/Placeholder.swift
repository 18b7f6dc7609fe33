// Room: PladRecordsTests
