// Room: PladTeacher
