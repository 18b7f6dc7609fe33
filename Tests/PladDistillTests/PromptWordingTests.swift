import Foundation
import PladDistill
import PladRecords
import Testing

/// The templates of a task, which must put the prompt to teacher and student.
@Suite struct PromptWordingTests {
    private func task(_ side: String, _ prompt: String) throws -> TaskDefinition {
        try JSONDecoder().decode(TaskDefinition.self, from: JSONEncoder().encode([side: ["prompt": prompt]]))
    }

    @Test(arguments: [
        ("{{promt}}", "names {{promt}}"), ("Q: {{ question }} {{prompt}}", "names {{question}}"),
        ("{{#messages}}{{content}}{{/messages}}", "names {{messages}}"), ("bot:", "leaves the prompt out"),
        ("{{prompt", "is not a Mustache template"),
    ]) func aTemplateThatLosesThePromptIsRefused(text: String, says: String) throws {
        for task in [try task("teacher", text), try task("student", text)] {
            let error = #expect(throws: RecordError.self) { try PromptWording(task) }
            #expect(error?.message.contains(says) == true, "\(error?.message ?? "")")
        }
    }

    @Test(arguments: ["{{prompt}}", "Q: {{prompt}}\nA:", "{{{prompt}}} {{ prompt }}"]) func onesWithThePromptAreTaken(text: String) throws {
        for side in ["teacher", "student"] { _ = try PromptWording(task(side, text)) }
    }
}
