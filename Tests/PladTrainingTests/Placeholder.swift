// Room: PladTrainingTests
