// Room: PladStudentTests
