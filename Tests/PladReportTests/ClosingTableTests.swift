import PladRecords
import PladReport
import Testing

@Suite struct ClosingTableTests {
    @Test func theWholeTable() {
        var evaluation = Samples.evaluation
        evaluation.judgements = [Samples.judgement("warm-up", "initial", 0.9), Samples.judgement("ranked", "warm-up", 0.61)]
        #expect(
            ClosingTable.render(evaluation: evaluation) == """
                student  ROUGE-L              chrF                 ranked right         win rate
                initial  0.300 [0.280 0.320]  0.400 [0.380 0.420]  0.750 [0.730 0.770]  -
                warm-up  0.500 [0.480 0.520]  0.600 [0.580 0.620]  0.750 [0.730 0.770]  0.900 [0.850 0.950]
                ranked   0.550 [0.530 0.570]  0.650 [0.630 0.670]  0.750 [0.730 0.770]  0.610 [0.560 0.660]

                ranked against warm-up, prompt by prompt
                  ROUGE-L       +0.050 [+0.040 +0.060]   better
                  chrF          +0.040 [+0.030 +0.050]   better
                  ranked right  +0.010 [-0.010 +0.030]   no clear difference
                  win rate       0.610 [0.560 0.660]     better (judge: facts kept, then ROUGE-L)

                ROUGE-L       Longest common subsequence of words with the teacher's text, F. Higher is better.
                chrF          Runs of up to 6 characters in common with the teacher's texts, F. Higher is better.
                ranked right  Teacher's text above the warm-up's own samples: lower after it. Higher is better.
                win rate      Prompts won over the student before, ties half. Judge: facts kept, then ROUGE-L

                95 % bootstrap intervals over 200 held-out prompts

                On 200 held-out prompts "ranked" is better than the untouched student: ROUGE-L 0.300 to 0.550.

                """)
    }

    @Test func theStudentThatIsKeptIsNamedWithTheReason() {
        var evaluation = Samples.evaluation
        evaluation.choice = StudentChoice(
            student: "warm-up", reason: "student/ is warm-up: on 40 validation prompts ranked lost 12", prompts: 40)
        let table = ClosingTable.render(evaluation: evaluation)
        #expect(table.contains("On 200 held-out prompts \"warm-up\" is better than the untouched student: ROUGE-L 0.300 to 0.500.\n"))
        #expect(table.contains("student/ is warm-up: on 40 validation prompts ranked lost 12\n"))
        evaluation.choice!.student = "initial"
        #expect(
            ClosingTable.render(evaluation: evaluation).contains(
                "The untouched student is kept: on the 40 prompts that it was chosen by, no training made it better."))
    }

    /// ROUGE rises, and no completion is valid by the task's schema.
    @Test func theTasksOwnMeasureIsToldWhereItDidNotMove() {
        var evaluation = Samples.evaluation
        for index in evaluation.students.indices {
            evaluation.students[index].quality = QualityMeasures(by: "json", greedy: Samples.estimate(0, 0))
        }
        for index in evaluation.differences.indices {
            evaluation.differences[index].quality = QualityMeasures(by: "json", greedy: Samples.estimate(0, 0))
        }
        let table = ClosingTable.render(evaluation: evaluation).replacing("\n", with: " ")
        #expect(table.contains("; it is not clearly different by the task's own measure: quality 0.000 to 0.000."), "\(table)")
        #expect(table.contains("Beware: by the task's own measure none of its completions is right, not even in part"), "\(table)")
    }

    @Test func onePromptHasNoInterval() {
        var evaluation = Samples.evaluation
        for index in evaluation.students.indices {
            evaluation.students[index].rougeL = Samples.estimate(0.5, 0, count: 1)
            evaluation.students[index].chrF = Samples.estimate(0.5, 0, count: 1)
            evaluation.students[index].rankAccuracy = Samples.estimate(0.5, 0, count: 1)
        }
        for index in evaluation.differences.indices {
            evaluation.differences[index].rougeL = Samples.estimate(0.1, 0, count: 1)
            evaluation.differences[index].chrF = Samples.estimate(0.1, 0, count: 1)
            evaluation.differences[index].rankAccuracy = Samples.estimate(0.1, 0, count: 1)
        }
        evaluation.judgements = nil
        let table = ClosingTable.render(evaluation: evaluation)
        #expect(!table.contains("[") && table.contains("\none held-out prompt, which has no interval\n"), "\(table)")
    }

    @Test func theVerdictNamesWhatIsClearAlone() {
        var evaluation = Samples.evaluation
        for (index, share) in [0.0, 0.5, 0.8].enumerated() { evaluation.students[index].exact = Samples.estimate(share) }
        for index in evaluation.differences.indices { evaluation.differences[index].exact = Samples.estimate(-0.3) }
        let table = { ClosingTable.render(evaluation: evaluation).replacing("\n", with: " ") }
        #expect(
            table().contains(
                "\"ranked\" is better than the untouched student: ROUGE-L 0.300 to 0.550; it is worse than the untouched student: exact completions 0.000 to 0.800."
            ))
        for index in evaluation.differences.indices { evaluation.differences[index].exact = Samples.estimate(0.01) }
        #expect(table().contains("is better than the untouched student: ROUGE-L 0.300 to 0.550. "))
        for index in evaluation.differences.indices { evaluation.differences[index].rougeL = Samples.estimate(0.01) }
        #expect(table().contains("is not clearly different from the untouched student: exact completions 0.000 to 0.800, ROUGE-L"))
    }

    @Test func fewPromptsAreSaidToTellLittle() {
        var evaluation = Samples.evaluation
        for index in evaluation.students.indices { evaluation.students[index].rougeL.count = 3 }
        let table = ClosingTable.render(evaluation: evaluation).replacing("\n", with: " ")
        #expect(table.contains("On only 3 held-out prompts \"ranked\" is better") && table.contains("So few prompts tell little."))
    }

    @Test func answersThatAreNothingLikeTheTeachersAreWarnedOf() {
        var evaluation = Samples.evaluation
        evaluation.students[2].rougeLSpread = Spread(p10: 0, p25: 0, p50: 0.01, p75: 0.05, p90: 0.1)
        #expect(ClosingTable.render(evaluation: evaluation).contains("nine in ten of its completions have a ROUGE-L below 0.10"))
        evaluation.students[2].rougeLSpread!.p90 = 0.7
        #expect(!ClosingTable.render(evaluation: evaluation).contains("nine in ten"))
    }

    @Test func studentsBesideEachOtherAreEachHeldAgainstTheFirst() {
        var evaluation = Samples.evaluation
        evaluation.differences = [
            Samples.difference("warm-up", "initial", rougeL: -0.2), Samples.difference("ranked", "initial", rougeL: 0),
        ]
        let table = ClosingTable.render(comparison: evaluation)
        #expect(
            table.hasPrefix(
                """
                student  ROUGE-L              chrF                 nats/token           ranked right
                initial  0.300 [0.280 0.320]  0.400 [0.380 0.420]  1.500 [1.470 1.530]  0.750 [0.730 0.770]
                warm-up  0.500 [0.480 0.520]  0.600 [0.580 0.620]  1.500 [1.470 1.530]  0.750 [0.730 0.770]
                ranked   0.550 [0.530 0.570]  0.650 [0.630 0.670]  1.500 [1.470 1.530]  0.750 [0.730 0.770]

                warm-up against initial, prompt by prompt
                  ROUGE-L       -0.200 [-0.210 -0.190]   worse
                  chrF          -0.210 [-0.220 -0.200]   worse
                  nats/token    +0.050 [+0.040 +0.060]   worse
                  ranked right  +0.010 [-0.010 +0.030]   no clear difference

                ranked against initial, prompt by prompt
                  ROUGE-L       0.000 [-0.010 +0.010]    no clear difference
                  chrF          -0.010 [-0.020 0.000]    no clear difference
                  nats/token    +0.050 [+0.040 +0.060]   worse
                  ranked right  +0.010 [-0.010 +0.030]   no clear difference

                """), "\(table)")
        #expect(table.hasSuffix("Higher is better.\n\n95 % bootstrap intervals over 200 held-out prompts\n"), "\(table)")
    }

    @Test func columnsThatDoNotFitStandInAFurtherBlock() {
        let wide = (0..<7).map { TextTable.Column("measure \($0)", ["0.1234 [0.1000 0.2000]", "-"]) }
        let lines = TextTable.lines([TextTable.Column("student", ["a", "b"])], wide)
        #expect(
            lines.filter { $0.hasPrefix("student") } == [
                "student  measure 0               measure 1               measure 2",
                "student  measure 3               measure 4               measure 5", "student  measure 6",
            ])
        #expect(lines.filter { $0.isEmpty }.count == 2 && lines.allSatisfy { $0.count <= 100 })
        #expect(lines[2] == "b        -                       -                       -")
    }

    @Test func aRankingThatWasRolledBackIsNotPassedOffAsRanked() {
        var evaluation = Samples.evaluation
        evaluation.rollback = "the warm-up student: ranking collapsed at step 40 and was rolled back"
        let table = ClosingTable.render(evaluation: evaluation)
        #expect(table.contains("\nranked*  0.550"), "\(table)")
        #expect(table.contains("\n* the warm-up student: ranking collapsed at step 40 and was rolled back\n"), "\(table)")
        #expect(!ClosingTable.render(evaluation: Samples.evaluation).contains("*"))
    }

    @Test func whereROUGECannotReadTheScriptTheTableSaysSo() {
        var evaluation = Samples.evaluation
        evaluation.rougeReads = 0.049
        evaluation.judgements = [Samples.judgement("ranked", "warm-up", 0.61)]
        let table = ClosingTable.render(evaluation: evaluation)
        #expect(
            table.contains("\nROUGE reads a-z and 0-9 alone, 4 % of the letters of these references: go by chrF\n"), "\(table)")
        #expect(table.hasSuffix("\"ranked\" is better than the untouched student: chrF 0.400 to 0.650.\n"))
        #expect(table.contains("(judge: facts kept, then chrF)"))
        evaluation.rougeReads = 0.5
        #expect(!ClosingTable.render(evaluation: evaluation).contains("ROUGE reads"))
    }

    @Test func aJudgeIsCalledByWhatItIsEvenWhereItsNameIsLong() {
        var evaluation = Samples.evaluation
        evaluation.judgements = [
            Samples.judgement("ranked", "warm-up", 0.61, by: "likelihood under a-model-with-a-long-name-of-many-letters")
        ]
        let table = ClosingTable.render(evaluation: evaluation)
        #expect(table.contains("(judge: likelihood under ..any-letters)"), "\(table)")
    }

    @Test func aHundredColumnsHoldEveryMeasureAndLongNames() {
        var evaluation = Samples.evaluation
        for index in evaluation.students.indices {
            evaluation.students[index].name = "/models/a/very/long/path/to/student-\(index)"
            evaluation.students[index].factsKept = Samples.estimate(0.5)
            evaluation.students[index].teacherNegativeLogLikelihood = Samples.estimate(10.25, 0.5)
        }
        let name = evaluation.students[2].name
        evaluation.differences[1] = Samples.difference(name, evaluation.students[1].name, rougeL: 0.1)
        evaluation.judgements = [
            Samples.judgement(name, evaluation.students[1].name, 0.5, by: "org/a-model-with-a-long-name-of-many-letters")
        ]
        for table in [ClosingTable.render(evaluation: evaluation), ClosingTable.render(comparison: evaluation)] {
            #expect(table.split(separator: "\n").allSatisfy { $0.count <= 100 }, "\(table)")
            #expect(table.contains("student-2"))
            #expect(table.utf8.allSatisfy { $0 < 128 })
        }
        #expect(ClosingTable.render(comparison: evaluation).contains("facts kept"))
    }

    @Test func nothingMeasuredIsSaidSo() {
        #expect(ClosingTable.render(evaluation: Evaluation(students: [], examples: [])).hasPrefix("nothing was measured"))
    }

    @Test func aStudentAloneIsNotCompared() {
        let table = ClosingTable.render(evaluation: Evaluation(students: [Samples.student("initial", rougeL: 0.3)], examples: []))
        #expect(table.contains("initial") && !table.contains("against"))
    }
}
