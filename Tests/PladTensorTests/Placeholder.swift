// Room: PladTensorTests
