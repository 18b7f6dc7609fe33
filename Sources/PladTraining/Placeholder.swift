// Room: PladTraining
