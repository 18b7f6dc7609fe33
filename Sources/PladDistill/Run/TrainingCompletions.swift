import Foundation
import PladEvaluation
import PladRecords

extension Run {
    /// The teacher's completions to train on, and the reasons against the others: all, or by quality the best of each prompt or the
    /// right ones (`QualitySettings.keepAnswers`). A prompt without a quality keeps all of its completions.
    func trainingAnswers() async throws -> (answers: [TeacherCompletion], drops: [Drop]) {
        try folder.require(folder.teacher, madeBy: "teach")
        let all = try JSONLines.read(TeacherCompletion.self, from: folder.teacher).filter { $0.split == .train }
        guard settings.quality.keepAnswers != .all else { return (all, []) }
        let quality = try quality
        let known = Dictionary(prompts(.train).map { ($0.id, $0) }) { first, _ in first }
        let byPrompt = Dictionary(grouping: all, by: \.id)
        let items = known.keys.sorted().compactMap { id in byPrompt[id].map { (id: id, answers: $0) } }
        let scores = try await quality.scores(of: items.map { (known[$0.id]!, $0.answers.map(\.text), $0.answers.map(\.text)) })
        var dropped: [String: Drop] = [:]
        for (item, scores) in zip(items, scores) {
            guard let scores, let best = scores.max() else { continue }
            let first = scores.firstIndex(of: best)
            for (index, answer) in item.answers.enumerated() {
                let isKept = settings.quality.keepAnswers == .best ? index == first : scores[index] >= HeldOutMeasurement.right
                guard !isKept else { continue }
                dropped["\(answer.id) \(answer.sample)"] = Drop(
                    stage: .warmUp, id: answer.id, split: .train, sample: answer.sample, state: .lowQuality,
                    detail: "quality \(rounded(scores[index])) by \(quality.kind.rawValue), and `quality.keep_answers` is "
                        + settings.quality.keepAnswers.rawValue)
            }
        }
        let kept = all.filter { dropped["\($0.id) \($0.sample)"] == nil }
        guard !kept.isEmpty else {
            throw RecordError(
                .malformed,
                "none of the teacher's \(all.count) completions is right by \(quality.kind.rawValue): see \(folder.teacher.path), or leave `quality.keep_answers` out"
            )
        }
        return (kept, all.compactMap { dropped["\($0.id) \($0.sample)"] })
    }

    private func rounded(_ value: Double) -> Double { (value * 1000).rounded() / 1000 }
}
