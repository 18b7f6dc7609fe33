package import PladRecords

/// The main results for a terminal of 100 columns.
package enum ClosingTable {
    /// The table of every student's similarity to the teacher, order of pairs and win rate with 95 % intervals, then the last student's
    /// gain over the one before it.
    package static func render(evaluation: Evaluation) -> String {
        let measures = Measure.measured(in: evaluation).filter(\.isClosing)
        guard !measures.isEmpty else { return nothing }
        let judgement = evaluation.closingJudgements.last
        var columns = columns(evaluation, measures)
        if let judge = judgement?.judge {
            columns.append(
                TextTable.Column(
                    "win rate", evaluation.students.map { TextTable.cell(evaluation.winRate(of: $0.name, by: judge), 3) }))
        }
        let headroom = Headroom.sentence(evaluation).map { TextTable.wrapped([$0]) + [""] } ?? []
        var lines = headroom + TextTable.lines([names(evaluation)], columns)
        if let rollback = evaluation.rollback { lines.append("* \(rollback)") }
        if let difference = evaluation.closing {
            let gains = TextTable.gains(
                difference, Measure.measured(in: evaluation).filter { $0.isClosing || $0.shortName == "facts kept" })
            let wins = evaluation.closingJudgements.compactMap { TextTable.wins($0, evaluation.likeness) }
            lines += ["", TextTable.heading(difference)] + gains + wins
        }
        lines += [""] + TextTable.legend(measures)
        if let judgement {
            let judge = judgement.judgeInWords(evaluation.likeness, to: 30)
            lines.append(TextTable.explanation("win rate", "Prompts won over the student before, ties half. Judge: \(judge)"))
        }
        let sentences = [Headline.verdict(evaluation), Headline.warning(evaluation), evaluation.choice?.reason].compactMap { $0 }
        lines += notes(evaluation) + (sentences.isEmpty ? [] : [""]) + TextTable.wrapped(sentences)
        return lines.joined(separator: "\n") + "\n"
    }

    /// The table of students beside each other, then of each against the first.
    package static func render(comparison evaluation: Evaluation) -> String {
        let measures = Measure.measured(in: evaluation).filter { $0.isMain && $0.direction != .none }
        guard !measures.isEmpty else { return nothing }
        var lines = TextTable.lines([names(evaluation)], columns(evaluation, measures))
        for difference in evaluation.differences {
            lines += ["", TextTable.heading(difference)] + TextTable.gains(difference, measures)
        }
        return (lines + [""] + TextTable.legend(measures) + notes(evaluation)).joined(separator: "\n") + "\n"
    }

    private static let nothing = "nothing was measured: there are no held-out prompts with completions\n"

    private static func notes(_ evaluation: Evaluation) -> [String] {
        ["", TextTable.note(evaluation)] + (evaluation.rougeNote.map { [$0] } ?? [])
    }

    /// The column of students' names; a ranked student that was rolled back has a star.
    private static func names(_ evaluation: Evaluation) -> TextTable.Column {
        let last = evaluation.students.count - 1
        return TextTable.Column(
            "student",
            evaluation.students.enumerated().map { index, student in
                TextTable.shortened(student.name, to: 14) + (index == last && evaluation.rollback != nil ? "*" : "")
            })
    }

    private static func columns(_ evaluation: Evaluation, _ measures: [Measure]) -> [TextTable.Column] {
        measures.map { measure in
            TextTable.Column(measure.shortName, evaluation.students.map { TextTable.cell(measure.estimate($0), measure.decimals) })
        }
    }
}

extension Evaluation {
    /// The student that is kept, or the nearest one that was measured; the last if nothing was chosen.
    var kept: StudentEvaluation? {
        guard let name = choice?.student else { return students.last }
        return students.first { $0.name == name } ?? students.last
    }

    /// The note to show if ROUGE cannot read the script of the teacher's texts.
    package var rougeNote: String? { rougeReads.flatMap { SimilarityMetric.rougeNote(reads: $0) } }

    /// The difference between the last student and the one before it: the gain of the last stage.
    var closing: StudentDifference? {
        guard students.count > 1 else { return nil }
        let (student, baseline) = (students[students.count - 1].name, students[students.count - 2].name)
        return differences.first { $0.student == student && $0.baseline == baseline }
    }

    /// Judgements of the last student against the one before it, the metric's before a model's.
    var closingJudgements: [Judgement] {
        guard let closing else { return [] }
        return (judgements ?? []).filter { $0.student == closing.student && $0.baseline == closing.baseline && $0.winRate.measured != nil }
    }

    /// A student's win rate against the one before it, by a judge.
    fileprivate func winRate(of student: String, by judge: String) -> Estimate? {
        guard let index = students.firstIndex(where: { $0.name == student }), index > 0 else { return nil }
        return judgements?.first { $0.judge == judge && $0.student == student && $0.baseline == students[index - 1].name }?.winRate
    }
}
