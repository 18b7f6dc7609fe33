// Room: PladReportTests
