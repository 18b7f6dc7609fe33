import Foundation
import PladRecords
import Testing

@Suite struct TaskDefinitionTests {
    private func read(_ text: String) throws -> TaskDefinition {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID().uuidString).yaml")
        try Data(text.utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        return try TaskDefinition(contentsOf: file)
    }

    @Test func everyKeyIsRead() throws {
        let task = try read(
            "name: n\ndescription: d\nteacher:\n  system: s\n  prompt: p\nstudent:\n  prompt: q\nmaxTokens: 5\nstop: [x]\n")
        #expect(task.name == "n" && task.description == "d" && task.teacher?.system == "s" && task.teacher?.prompt == "p")
        #expect(task.student?.prompt == "q" && task.maxTokens == 5 && task.stop == ["x"])
        let empty = try read("# nothing\n")
        #expect(empty == TaskDefinition())
    }

    @Test(arguments: [
        ("name: n\nmax_tokens: 5\n", ":2: \"max_tokens\" is not known here; is \"maxTokens\" meant?"),
        ("teacher:\n  sytem: s\n", ":2: \"teacher.sytem\" is not known here; is \"teacher.system\" meant?"),
        ("student:\n  system: s\n", ":2: \"student.system\" is not known here (known: student.prompt)"),
        (
            "temperature: 1\n",
            ":1: \"temperature\" is not known here (known: answer, description, maxTokens, name, schema, stop, student, teacher)"
        ),
    ])
    func aKeyThatATaskDoesNotHaveIsRefusedWithTheNearOne(text: String, wanted: String) throws {
        let error = try #require(throws: RecordError.self) { try read(text) }
        #expect(error.message.contains(wanted), "\(error.message)")
    }
}
