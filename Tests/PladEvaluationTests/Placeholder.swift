// Room: PladEvaluationTests
