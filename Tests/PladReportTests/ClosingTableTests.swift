import PladRecords
import PladReport
import Testing

@Suite struct ClosingTableTests {
    @Test func theWholeTable() {
        #expect(
            ClosingTable.render(evaluation: Samples.evaluation) == """
                student  ROUGE-L              nats/token           ranked right
                initial  0.300 [0.280 0.320]  1.500 [1.470 1.530]  0.750 [0.730 0.770]
                warm-up  0.500 [0.480 0.520]  1.500 [1.470 1.530]  0.750 [0.730 0.770]
                ranked   0.550 [0.530 0.570]  1.500 [1.470 1.530]  0.750 [0.730 0.770]

                ranked against warm-up, prompt by prompt
                  ROUGE-L       +0.050 [+0.040 +0.060]   better
                  nats/token    +0.050 [+0.040 +0.060]   worse
                  ranked right  +0.010 [-0.010 +0.030]   no clear difference

                95 % bootstrap intervals over 200 held-out prompts

                """)
    }

    @Test func aHundredColumnsHoldEveryMeasureAndLongNames() {
        var evaluation = Samples.evaluation
        for index in evaluation.students.indices {
            evaluation.students[index].name = "/models/a/very/long/path/to/student-\(index)"
            evaluation.students[index].factsKept = Samples.estimate(0.5)
            evaluation.students[index].teacherNegativeLogLikelihood = Samples.estimate(10.25, 0.5)
        }
        let table = ClosingTable.render(evaluation: evaluation)
        #expect(table.split(separator: "\n").allSatisfy { $0.count <= 100 })
        #expect(table.contains("student-2") && table.contains("facts kept"))
        #expect(table.utf8.allSatisfy { $0 < 128 })
    }

    @Test func nothingMeasuredIsSaidSo() {
        #expect(ClosingTable.render(evaluation: Evaluation(students: [], examples: [])).hasPrefix("nothing was measured"))
    }

    @Test func aStudentAloneIsNotCompared() {
        let table = ClosingTable.render(evaluation: Evaluation(students: [Samples.student("initial", rougeL: 0.3)], examples: []))
        #expect(table.contains("initial") && !table.contains("against"))
    }
}
