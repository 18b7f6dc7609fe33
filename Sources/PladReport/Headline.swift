import PladRecords

/// What the run came to, in a sentence.
enum Headline {
    /// Better, worse and not shown, by the paired interval of each measure; no claim without one.
    static func text(_ evaluation: Evaluation?) -> String {
        guard let evaluation, let difference = evaluation.closing else {
            return evaluation == nil ? "Not evaluated yet." : "Measured, with nothing to compare it with."
        }
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

    /// How often the judge, a model rather than the metric where both were asked, prefers the last student.
    private static func wins(_ evaluation: Evaluation) -> String {
        guard let judgement = evaluation.closingJudgements.last, let rate = judgement.winRate.measured else { return "" }
        let percent = { (share: Double) in Numbers.fixed(100 * share, 0) }
        let words = judgement.judgeInWords(evaluation.likeness)
        let judge = words == judgement.judge ? "“\(words)”" : words
        return " Judged by \(judge), it wins \(percent(rate.mean)) % of the prompts (\(percent(rate.low)) to \(percent(rate.high)))."
    }

    /// How big the run was.
    static func facts(_ input: ReportInput) -> String {
        var parts = input.funnel.prefix(1).map { "\(Numbers.count($0.count)) \($0.name)" }
        if let prompts = input.evaluation?.students.map(\.rougeL.count).max() { parts.append("\(Numbers.count(prompts)) held out") }
        if !input.log.isEmpty {
            let tokens = input.log.reduce(0) { $0 + $1.tokens }
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
