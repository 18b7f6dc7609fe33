// Room: PladTeacherTests
