import PladEvaluation
import PladRecords
import PladStudent
import PladTraining

/// Pairs whose chosen side is the teacher's text and whose rejected side is a sample (PLaD, arXiv 2406.02886, section 3).
///
/// A pair that is not ranked keeps its chosen side only, so that the texts that are kept likely do not depend on the ranking. Sample k
/// is paired with the teacher's completion k mod n of n. `PairingSettings` select the pairs, and the samples of a prompt. A pair's
/// qualities are similarities to the chosen text, or those of `QualitySettings`.
struct TeacherPairs {
    let run: Run
    let round: Int
    let student: Student

    /// Makes the pairs with their ids, including those without a rejected side that only keep the chosen text likely, and the drops.
    func callAsFunction(_ prompts: [PromptWithTexts]) async throws -> (pairs: [PreferencePair], drops: [Drop]) {
        let likeness = SimilarityMetric(toTexts: prompts.flatMap(\.answers).map(\.text))
        let encoder = PairEncoder(student: student)
        let rules = try run.settings.pairing.rules
        let qualities = try await qualities(prompts)
        var (ranked, drops): ([[PreferencePair]], [Drop]) = ([], [])
        var unranked: [[PreferencePair]] = []
        for (prompt, quality) in zip(prompts, qualities) {
            var (pairs, others): ([PreferencePair], [PreferencePair]) = ([], [])
            for (index, sample) in prompt.samples.enumerated() {
                let place = sample.sample % prompt.answers.count
                let answer = prompt.answers[place]
                let similarity = likeness.score(reference: answer.text, candidate: sample.text)
                let (chosenQuality, rejectedQuality) = quality.map { ($0[place], $0[prompt.answers.count + index]) } ?? (1, similarity)
                let pair = prompt.pair(
                    round, sample: sample.sample, chosen: (answer.text, encoder.ids(of: answer), chosenQuality),
                    rejected: (sample.text, sample.ids, rejectedQuality))
                if let (state, detail) = rules.objection(to: pair.sides(prompt.prompt.facts, likeness, similarity: similarity))
                    ?? (quality == nil ? nil : rules.objection(chosen: chosenQuality, rejected: rejectedQuality))
                {
                    drops.append(prompt.drop(round, sample: pair.sample, state, detail))
                    others.append(pair)
                    continue
                }
                switch try encoder.encode(pair, id: prompt.prompt.id, ranks: true, stage: .pair) {
                case .usable: pairs.append(pair)
                case .dropped(let drop):
                    drops.append(drop)
                    others.append(pair)
                }
            }
            ranked.append(pairs)
            unranked.append(try others.compactMap { try $0.keeping(encoder) })
        }
        let (kept, others) = try select(ranked)
        // One for each sample where each makes a pair, else one for each prompt: as many as if all could be ranked.
        let isWhole = run.settings.pairing.negatives == .all
        let unrankedKept = zip(ranked, unranked).flatMap { pairs, others in isWhole ? others : pairs.isEmpty ? Array(others.prefix(1)) : []
        }
        let notSelected = others.map {
            Drop(
                stage: .pair, id: $0.id ?? "", split: .train, round: round, sample: $0.sample, state: .notSelected,
                detail: "negatives: \(run.settings.pairing.negatives.rawValue)")
        }
        return (kept + unrankedKept, drops + notSelected)
    }

    /// The qualities of each prompt's completions, then of its samples; nil if the settings have none, and only similarity counts.
    private func qualities(_ prompts: [PromptWithTexts]) async throws -> [[Double]?] {
        guard run.settings.quality.by != nil || run.settings.pairing.minGap > 0 else { return prompts.map { _ in nil } }
        return try await run.pairQuality(round: round).scores(
            of: prompts.map { ($0.prompt, $0.answers.map(\.text) + $0.samples.map(\.text), $0.answers.map(\.text)) })
    }

    /// Selects the pairs of each prompt by the settings' choice of the rejected side.
    private func select(_ prompts: [[PreferencePair]]) throws -> (kept: [PreferencePair], others: [PreferencePair]) {
        let choices: [Int?]
        switch run.settings.pairing.negatives {
        case .all: return (prompts.flatMap { $0 }, [])
        case .random:
            choices = prompts.map { pairs in
                guard let id = pairs.first?.id else { return nil }
                var generator = SeededGenerator(seed: run.settings.run.seed, "negative", String(round), id)
                return Int(generator.next().multipliedFullWidth(by: UInt64(pairs.count)).high)
            }
        case .leastSimilar: choices = prompts.map { $0.map { -($0.rejectedQuality ?? 0) }.firstIndexOfMaximum }
        case .mostLikely:
            let trees = prompts.filter { !$0.isEmpty }.map { pairs in
                PromptTree(prompt: pairs[0].promptIDs ?? [], continuations: pairs.map { $0.rejectedIDs ?? [] })
            }
            var sums = try student.logProbabilities(of: trees).map { $0.map { $0.reduce(0) { $0 + Double($1) } } }[...]
            choices = prompts.map { $0.isEmpty ? nil : sums.removeFirst().firstIndexOfMaximum }
        }
        var (kept, others): ([PreferencePair], [PreferencePair]) = ([], [])
        for (pairs, choice) in zip(prompts, choices) {
            for (index, pair) in pairs.enumerated() {
                if index == choice { kept.append(pair) } else { others.append(pair) }
            }
        }
        return (kept, others)
    }
}

extension [Double] {
    /// Index of the greatest value, the first of several; nil in an empty array.
    fileprivate var firstIndexOfMaximum: Int? {
        indices.max { self[$0] != self[$1] ? self[$0] < self[$1] : $0 > $1 }
    }
}
