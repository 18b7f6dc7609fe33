import PladRecords

/// The ability of a student's log-probability to separate its right samples from its wrong ones, over all prompts: the area under the
/// ROC curve.
///
/// It is the probability that a right sample has a higher log-probability than a wrong one, ties half (Hanley and McNeil 1982).
struct Discrimination {
    /// Samples by rising log-probability: index of the prompt, true if right, and true if tied with the one before.
    private let samples: [(prompt: Int, isRight: Bool, isTied: Bool)]

    /// Nil unless there are right and wrong samples.
    init?(_ prompts: [HeldOutMeasurement]) {
        let all = prompts.enumerated().flatMap { index, prompt in
            (prompt.own ?? []).compactMap { sample in
                sample.quality.map { (prompt: index, likelihood: sample.logProbability, isRight: $0 >= HeldOutMeasurement.right) }
            }
        }
        guard all.contains(where: \.isRight), all.contains(where: { !$0.isRight }) else { return nil }
        let sorted = all.enumerated().sorted { ($0.element.likelihood, $0.offset) < ($1.element.likelihood, $1.offset) }.map(\.element)
        samples = sorted.indices.map { index in
            (sorted[index].prompt, sorted[index].isRight, index > 0 && sorted[index].likelihood == sorted[index - 1].likelihood)
        }
    }

    var count: Int { samples.count }

    /// The area with each prompt's samples by multiplicity; nil if none is right or none is wrong.
    func auroc(times: [Double]) -> Double? {
        var (wrongBelow, right, wrong, won) = (0.0, 0.0, 0.0, 0.0)
        var tied = (right: 0.0, wrong: 0.0)
        func settle() {
            won += tied.right * (wrongBelow + tied.wrong / 2)
            wrongBelow += tied.wrong
            tied = (0, 0)
        }
        for sample in samples {
            if !sample.isTied { settle() }
            let weight = times[sample.prompt]
            if sample.isRight {
                tied.right += weight
                right += weight
            } else {
                tied.wrong += weight
                wrong += weight
            }
        }
        settle()
        return right > 0 && wrong > 0 ? won / (right * wrong) : nil
    }
}
