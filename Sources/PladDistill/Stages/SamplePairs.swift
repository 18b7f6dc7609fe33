import PladEvaluation
import PladRecords
import PladStudent
import PladTraining

/// Pairs of samples of one prompt, the better one by quality chosen.
///
/// Equal samples count once. `PairingSettings.keepLikely` names the text that is kept likely beside the ranking, the teacher's or the
/// better sample's: for the teacher's, a pair without a rejected side is added for each of its completions. Source: ranking a model's
/// own samples with the reference in the likelihood term, SLiC (arXiv 2210.00045), BRIO (arXiv 2203.16804).
struct SamplePairs {
    let run: Run
    let round: Int
    let student: Student

    private struct Sample {
        var record: StudentSample
        var quality: Double
    }

    func callAsFunction(_ prompts: [PromptWithTexts]) async throws -> (pairs: [PreferencePair], drops: [Drop]) {
        let settings = run.settings.pairing
        let quality = try run.pairQuality(round: round)
        let qualities = try await quality.scores(of: prompts.map { ($0.prompt, $0.samples.map(\.text), $0.answers.map(\.text)) })
        let encoder = PairEncoder(student: student)
        let likeness = SimilarityMetric(toTexts: prompts.flatMap(\.samples).map(\.text))
        let rules = try settings.rules
        var (pairs, drops): ([PreferencePair], [Drop]) = ([], [])
        for (prompt, scores) in zip(prompts, qualities) {
            // Where both kinds are ranked, the pairs with the teacher's text keep it likely already.
            if settings.keepLikely != .chosen, settings.rank == .samples {
                pairs += try prompt.answers.compactMap { answer in
                    try prompt.pair(round, sample: nil, chosen: (answer.text, encoder.ids(of: answer), nil), rejected: nil).keeping(encoder)
                }
            }
            guard let scores else {
                drops.append(
                    prompt.drop(round, sample: nil, .noQuality, "quality by \(quality.kind.rawValue) says nothing about this prompt"))
                continue
            }
            let distinct = different(prompt, scores, &drops)
            guard distinct.count > 1 else {
                drops.append(prompt.drop(round, sample: nil, .equalSides, "all \(prompt.samples.count) samples say the same"))
                continue
            }
            for (better, worse) in paired(distinct) {
                var pair = prompt.pair(
                    round, sample: worse.record.sample, chosen: (better.record.text, better.record.ids, better.quality),
                    rejected: (worse.record.text, worse.record.ids, worse.quality))
                pair.keepsChosen = settings.keepLikely == .teacher ? false : nil
                let similarity = likeness.score(reference: better.record.text, candidate: worse.record.text)
                if let (state, detail) = rules.objection(chosen: better.quality, rejected: worse.quality)
                    ?? rules.objection(to: pair.sides(prompt.prompt.facts, likeness, similarity: similarity))
                {
                    drops.append(prompt.drop(round, sample: worse.record.sample, state, detail))
                    continue
                }
                switch try encoder.encode(pair, id: prompt.prompt.id, ranks: true, stage: .pair, split: prompt.split) {
                case .usable: pairs.append(pair)
                case .dropped(let drop): drops.append(drop)
                }
            }
        }
        return (pairs, drops)
    }

    /// The prompt's different samples, best first; of equal quality in the order of drawing.
    private func different(_ prompt: PromptWithTexts, _ scores: [Double], _ drops: inout [Drop]) -> [Sample] {
        var first: [String: Int] = [:]
        var found: [Sample] = []
        for (record, quality) in zip(prompt.samples, scores) {
            if let earlier = first.updateValue(first[record.plainText] ?? record.sample, forKey: record.plainText) {
                drops.append(prompt.drop(round, sample: record.sample, .nearDuplicate, "equals sample \(earlier)"))
            } else {
                found.append(Sample(record: record, quality: quality))
            }
        }
        return found.enumerated().sorted {
            $0.element.quality != $1.element.quality ? $0.element.quality > $1.element.quality : $0.offset < $1.offset
        }.map(\.element)
    }

    private func paired(_ samples: [Sample]) -> [(better: Sample, worse: Sample)] {
        switch run.settings.pairing.samplePairs {
        case .bestWorst: [(samples[0], samples[samples.count - 1])]
        case .bestOthers: samples.dropFirst().map { (samples[0], $0) }
        case .all: samples.indices.flatMap { i in samples.indices[(i + 1)...].map { (samples[i], samples[$0]) } }
        }
    }
}

extension StudentSample {
    fileprivate var plainText: String { PairRules.plain(text) }
}
