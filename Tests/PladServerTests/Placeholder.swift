// Room: PladServerTests
