import Foundation
import PladRecords
import PladReport
import PladTestSupport
import Testing

/// The records of a stranger's run are shown, or refused, whatever numbers stand in them.
struct FuzzReportTests {
    @Test func damagedRecordsAreShownOrRefused() throws {
        let evaluation = Array(String(decoding: try Samples.evaluation.jsonLine(), as: UTF8.self).utf8)
        try Fuzzing(name: "evaluations", share: 0.01).run([evaluation], isJSON: true) { bytes, _ in
            let read = try JSONLines.parse(Evaluation.self, Data(bytes.filter { $0 != 0x0a }), name: "evaluation.json")
            var input = Samples.input
            input.evaluation = read.first
            let html = ReportPage.html(input)
            #expect(html.hasSuffix("</html>\n"))
            if let first = read.first { _ = ClosingTable.render(evaluation: first) }
        }
    }

    @Test func damagedStepsAreShownOrRefused() throws {
        let steps = Samples.steps("warm-up", 3, ranks: false) + Samples.steps("round-1", 3, ranks: true)
        let lines = try steps.map { Array(try $0.jsonLine()) }
        try Fuzzing(name: "steps", share: 0.02).run(lines, isJSON: true) { bytes, mutator in
            var input = Samples.input
            input.log += try JSONLines.parse(TrainingStep.self, Data(bytes.filter { $0 != 0x0a }), name: "log.jsonl")
            input.stages[0].seconds = [1e300, -1e300, 9e18, .infinity, .nan, 3599.6][mutator.pick(6)]
            #expect(ReportPage.html(input).hasSuffix("</html>\n"))
        }
    }
}
