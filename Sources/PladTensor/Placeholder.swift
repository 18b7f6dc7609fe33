// Room: PladTensor
