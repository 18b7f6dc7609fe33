import PladRecords

/// What a ranking can gain: how much better than its greedy answers the best of a student's own samples are.
enum Headroom {
    /// "By facts, “warm-up” has 0.229 in its greedy answers, …": nil where no samples were measured. Of the student that was ranked, or the
    /// last where none was.
    static func sentence(_ evaluation: Evaluation) -> String? {
        guard let student = evaluation.students.first(where: { $0.name == "warm-up" }) ?? evaluation.students.last,
            let quality = student.quality, let best = quality.best?.measured, let sample = quality.sample?.measured,
            let likeliest = quality.likeliestBySum?.measured, let count = quality.samples
        else { return nil }
        let number = { (estimate: Estimate) in Numbers.fixed(estimate.mean, 3) }
        let numbers =
            "Headroom, quality by \(quality.by): the greedy answers of “\(student.name)” have \(number(quality.greedy)), a sample "
            + "\(number(sample)), the likeliest of \(count) \(number(likeliest)), the best of \(count) \(number(best))."
        let gain = best.mean - quality.greedy.mean
        guard gain > least else {
            return numbers + " Even the best samples are no better than the greedy answers: ranking has next to nothing to gain here."
        }
        return numbers + " A ranking can gain up to \(Numbers.fixed(gain, 3))."
    }

    /// Less than this is within what a different seed changes.
    private static let least = 0.01
}
