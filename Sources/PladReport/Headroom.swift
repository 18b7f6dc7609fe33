import PladRecords

/// The possible gain of ranking: how much better the best of a student's samples are than its greedy completions.
enum Headroom {
    /// The sentence "By facts, “warm-up” has 0.229 in its greedy completions, …" about the student that was ranked, or else the last; nil
    /// if no samples were measured.
    static func sentence(_ evaluation: Evaluation) -> String? {
        guard let student = evaluation.students.first(where: { $0.name == "warm-up" }) ?? evaluation.students.last,
            let quality = student.quality, let best = quality.best?.measured, let sample = quality.sample?.measured,
            let likeliest = quality.likeliestBySum?.measured, let count = quality.samples
        else { return nil }
        let number = { (estimate: Estimate) in Numbers.fixed(estimate.mean, 3) }
        let numbers =
            "Headroom, quality by \(quality.by): the greedy completions of “\(student.name)” have \(number(quality.greedy)), a sample "
            + "\(number(sample)), the likeliest of \(count) \(number(likeliest)), the best of \(count) \(number(best))."
        let gain = best.mean - quality.greedy.mean
        guard gain > least else {
            return numbers + " Even the best samples are no better than the greedy completions: ranking has next to nothing to gain here."
        }
        return numbers + " A ranking can gain up to \(Numbers.fixed(gain, 3))."
    }

    /// Gain below which the difference is within that of another seed.
    private static let least = 0.01
}
