import PladRecords

/// The result of the run in a sentence.
enum Headline {
    /// States if the kept student does the task better than the initial one, by the task's own measure; then the effect of the last
    /// stage, measure by measure.
    ///
    /// - Parameter heldOut: number of held-out prompts; nil if unknown.
    static func text(_ evaluation: Evaluation?, heldOut: Int? = nil) -> String {
        if evaluation == nil, heldOut == 0 {
            return "Not evaluated: no prompt was held out, so nothing shows whether the student got better."
        }
        guard let evaluation, let difference = evaluation.closing else {
            return evaluation == nil ? "Not evaluated yet." : "Measured, with nothing to compare it with."
        }
        let parts = [verdict(evaluation), warning(evaluation), lastStage(evaluation, difference)]
        return parts.compactMap { $0 }.joined(separator: " ")
    }

    /// The verdict "On 40 held-out prompts “warm-up” is better than the untouched student: exact completions 0.000 → 0.800, …"; nil without
    /// measures.
    static func verdict(_ evaluation: Evaluation) -> String? {
        guard let kept = evaluation.kept, let first = evaluation.students.first else { return nil }
        let count = kept.rougeL.count
        let prompts = (count < few ? "On only " : "On ") + "\(Numbers.count(count)) held-out prompt\(count == 1 ? "" : "s")"
        guard kept.name != first.name else {
            let chosenBy = evaluation.choice.map { "on the \($0.prompts) prompts that it was chosen by" } ?? "by what was measured"
            return "The untouched student is kept: \(chosenBy), no training made it better."
        }
        guard let difference = evaluation.differences.first(where: { $0.student == kept.name && $0.baseline == first.name }) else {
            return nil
        }
        let names = [evaluation.likeness == .chrF ? "chrF" : "ROUGE-L", "facts kept", "exact", "quality"].reversed()
        let measures = names.compactMap { name in Measure.measured(in: evaluation).first { $0.shortName == name } }
        func said(_ judgement: Measure.Judgement) -> String? {
            let numbers = measures.filter { $0.judge(difference) == judgement }.compactMap { movement($0, first, kept) }
            return numbers.isEmpty ? nil : numbers.joined(separator: ", ")
        }
        var clauses: [String] = []
        if let better = said(.better) { clauses.append("is better than the untouched student: \(better)") }
        if let worse = said(.worse) { clauses.append("is worse than the untouched student: \(worse)") }
        if !clauses.isEmpty, let own = measures.first, own.shortName == "quality", own.judge(difference) == .unclear,
            let numbers = movement(own, first, kept)
        {
            clauses.append("is not clearly different by the task’s own measure: \(numbers)")
        }
        if clauses.isEmpty, let unclear = said(.unclear) {
            clauses.append("is not clearly different from the untouched student: \(unclear)")
        }
        guard !clauses.isEmpty else { return nil }
        return "\(prompts) “\(kept.name)” \(clauses.joined(separator: "; it "))." + (count < few ? " So few prompts tell little." : "")
    }

    /// The clause "exact completions 0.000 → 0.800"; nil for what was not measured of both.
    private static func movement(_ measure: Measure, _ first: StudentEvaluation, _ kept: StudentEvaluation) -> String? {
        guard let from = measure.estimate(first)?.measured, let to = measure.estimate(kept)?.measured else { return nil }
        return "\(measure.inSentence) \(Numbers.fixed(from.mean, measure.decimals)) → \(Numbers.fixed(to.mean, measure.decimals))"
    }

    /// Number of prompts below which hardly any difference can be significant.
    private static let few = 20

    /// A warning if no completion of the kept student is of use by the task's own measure, or hardly any is similar to the teacher's text;
    /// nil otherwise.
    static func warning(_ evaluation: Evaluation) -> String? {
        if let quality = evaluation.kept?.quality?.greedy.measured, quality.mean == 0 {
            return "Beware: by the task’s own measure none of its completions is right, not even in part, so it does not do the task yet."
        }
        guard let kept = evaluation.kept, let spread = evaluation.likeness == .chrF ? kept.chrFSpread : kept.rougeLSpread, spread.p90 < 0.2
        else { return nil }
        return
            "Beware: nine in ten of its completions have a \(evaluation.likeness.rawValue) below \(Numbers.fixed(spread.p90, 2)) to the teacher’s text, so it does not do the task yet."
    }

    /// The measures that got better, got worse or are unclear, by their paired intervals; makes no claim without one.
    private static func lastStage(_ evaluation: Evaluation, _ difference: StudentDifference) -> String {
        // A measure that cannot read the texts shows nothing either way.
        let judged = Measure.measured(in: evaluation).filter { measure in
            measure.isMain && measure.direction != .none && !(measure.name == "ROUGE-L" && evaluation.likeness != .rougeL)
        }
        let better = judged.filter { $0.judge(difference) == .better }.map(\.inSentence)
        let worse = judged.filter { $0.judge(difference) == .worse }.map(\.inSentence)
        let unclear = judged.filter { $0.judge(difference) == .unclear }.map(\.inSentence)
        var clauses: [String] = []
        if !better.isEmpty { clauses.append("better in \(joined(better))") }
        if !worse.isEmpty { clauses.append("worse in \(joined(worse))") }
        if !unclear.isEmpty { clauses.append("no clear difference in \(joined(unclear))") }
        guard !clauses.isEmpty else { return "Nothing was measured." }
        let rollback = evaluation.rollback.map { "“\(difference.student)” is \($0). " } ?? ""
        return rollback + "Against “\(difference.baseline)”, “\(difference.student)” is: \(clauses.joined(separator: "; "))."
            + wins(evaluation)
    }

    /// The win rate of the last student, by a judging model, or else by the metric.
    private static func wins(_ evaluation: Evaluation) -> String {
        guard let judgement = evaluation.closingJudgements.last, let rate = judgement.winRate.measured else { return "" }
        let percent = { (share: Double) in Numbers.fixed(100 * share, 0) }
        let words = judgement.judgeInWords(evaluation.likeness)
        let judge = words == judgement.judge ? "“\(words)”" : words
        let range = rate.count > 1 ? " (\(percent(rate.low)) to \(percent(rate.high)))" : ""
        return " Judged by \(judge), it wins \(percent(rate.mean)) % of the prompts\(range)."
    }

    /// The size of the run.
    static func facts(_ input: ReportInput) -> String {
        var parts = input.funnel.prefix(1).map { "\(Numbers.count($0.count)) \($0.name)" }
        if let prompts = input.evaluation?.students.map(\.rougeL.count).max() { parts.append("\(Numbers.count(prompts)) held out") }
        if !input.log.isEmpty {
            let tokens = Numbers.whole(input.log.reduce(0) { $0 + Double($1.tokens) })
            parts.append("\(Numbers.count(input.log.count)) optimiser steps over \(Numbers.count(tokens)) tokens")
        }
        let seconds = input.stages.map(\.seconds).filter { $0.isFinite && $0 > 0 }.reduce(0, +)
        if seconds > 0 { parts.append(Numbers.duration(seconds: seconds)) }
        return parts.joined(separator: " · ")
    }

    private static func joined(_ names: [String]) -> String {
        names.count < 2 ? names.joined() : names.dropLast().joined(separator: ", ") + " and " + names[names.count - 1]
    }
}
