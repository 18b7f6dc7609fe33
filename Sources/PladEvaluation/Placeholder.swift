// Room: PladEvaluation
