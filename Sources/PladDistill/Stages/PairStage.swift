import Foundation
import PladEvaluation
import PladRecords
import PladStudent
import PladTraining

/// Builds pseudo-preference pairs: the teacher's answer is chosen, the student's sample of the same prompt rejected,
/// without annotation (PLaD, arXiv 2406.02886, section 3).
///
/// Reads teacher.jsonl and samples.jsonl; writes pairs.jsonl and its drops. A pair that is not ranked stays without its rejected
/// side, so that the texts whose likelihood is kept up are the same whatever is ranked. Sample k meets the teacher's answer
/// k mod n of the n there are. Which pairs are worth it, and which of a prompt's samples, `PairingSettings` say.
package struct PairStage {
    let run: Run
    let round: Int

    package init(run: Run, round: Int) {
        self.run = run
        self.round = round
    }

    package func callAsFunction() throws {
        let folder = run.folder
        let earlier = Files.exists(folder.pairs) ? try JSONLines.read(PreferencePair.self, from: folder.pairs) : []
        guard !earlier.contains(where: { $0.round == round }) else { return run.observer.doneBefore("pair") }
        let start = ContinuousClock.now
        try folder.require(folder.samples, madeBy: "sample")
        let student = try Student(folder: folder.sampler(round: round), threads: run.settings.student.threads ?? 1)
        let (pairs, drops) = try build(student)
        try folder.record(drops) { $0.stage == .pair && $0.round == round }
        try JSONLines.write(earlier + pairs, to: folder.pairs)
        let ranked = pairs.count(where: \.ranks)
        run.observer.done(
            "pair", "\(ranked) pairs to rank, \(pairs.count - ranked) that only keep the chosen text likely, \(drops.count) not ranked",
            since: start)
    }

    /// The pairs with their ids, those without a rejected side that only keep the chosen text likely, and why those are not ranked.
    private func build(_ student: Student) throws -> (pairs: [PreferencePair], drops: [Drop]) {
        let folder = run.folder
        try folder.require(folder.teacher, madeBy: "teach")
        let answers = Dictionary(
            grouping: try JSONLines.read(TeacherAnswer.self, from: folder.teacher).filter { $0.split == .train }, by: \.id)
        let samples = Dictionary(
            grouping: try JSONLines.read(StudentSample.self, from: folder.samples).filter { $0.round == round },
            by: \.id)
        let likeness = SimilarityMetric(toTexts: answers.values.joined().map(\.text))
        let encoder = PairEncoder(student: student)
        let rules = try run.settings.pairing.rules
        var (prompts, drops): ([[PreferencePair]], [Drop]) = ([], [])
        var unranked: [[PreferencePair]] = []
        for prompt in run.prompts(.train) {
            guard let answers = answers[prompt.id], let samples = samples[prompt.id] else { continue }
            let (text, ids) = try run.wording.student(prompt, student.tokenizer)
            var (pairs, others): ([PreferencePair], [PreferencePair]) = ([], [])
            for sample in samples {
                let answer = answers[sample.sample % answers.count]
                let pair = PreferencePair(
                    id: prompt.id, round: round, sample: sample.sample, prompt: text, chosen: answer.text, rejected: sample.text,
                    promptIDs: ids, chosenIDs: encoder.ids(of: answer), rejectedIDs: sample.ids, chosenQuality: 1,
                    rejectedQuality: likeness.score(reference: answer.text, candidate: sample.text))
                if let (state, detail) = rules.objection(to: pair.sides(prompt.facts, likeness)) {
                    drops.append(drop(pair, state, detail))
                    others.append(pair)
                    continue
                }
                switch try encoder.encode(pair, id: prompt.id, ranks: true, stage: .pair) {
                case .usable: pairs.append(pair)
                case .dropped(let drop):
                    drops.append(drop)
                    others.append(pair)
                }
            }
            prompts.append(pairs)
            unranked.append(try others.compactMap { try keeping($0, encoder) })
        }
        let (kept, others) = try select(prompts, student)
        // One for each sample where each makes a pair, else one for each prompt: as many as if all could be ranked.
        let isWhole = run.settings.pairing.negatives == .all
        let unrankedKept = zip(prompts, unranked).flatMap { pairs, others in isWhole ? others : pairs.isEmpty ? Array(others.prefix(1)) : []
        }
        return (
            kept + unrankedKept, drops + others.map { drop($0, .notSelected, "negatives: \(run.settings.pairing.negatives.rawValue)") }
        )
    }

    /// A pair that is not ranked without its rejected side; nil where the chosen one cannot be trained on either.
    private func keeping(_ pair: PreferencePair, _ encoder: PairEncoder) throws -> PreferencePair? {
        var pair = pair
        (pair.rejected, pair.rejectedIDs, pair.rejectedQuality) = (nil, nil, nil)
        guard case .usable = try encoder.encode(pair, id: pair.id ?? "", ranks: false, stage: .pair) else { return nil }
        return pair
    }

    /// Of each prompt's pairs those whose rejected side the settings ask for.
    private func select(_ prompts: [[PreferencePair]], _ student: Student) throws -> (kept: [PreferencePair], others: [PreferencePair]) {
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

    private func drop(_ pair: PreferencePair, _ state: Drop.State, _ detail: String) -> Drop {
        Drop(stage: .pair, id: pair.id ?? "", split: .train, round: round, sample: pair.sample, state: state, detail: detail)
    }
}

extension PreferencePair {
    /// What the rules look at; the metric is the share of `facts` that a side keeps.
    fileprivate func sides(_ facts: [String], _ likeness: SimilarityMetric) -> PairSides {
        let (chosen, rejected) = (chosen ?? "", rejected ?? "")
        func share(_ text: String) -> Double { Double(Facts.kept(facts, in: text)) / Double(facts.count) }
        return PairSides(
            chosen: chosen, rejected: rejected, chosenTokens: chosenIDs?.count ?? 0, rejectedTokens: rejectedIDs?.count ?? 0,
            similarity: rejectedQuality ?? 0, measure: likeness, metric: facts.isEmpty ? nil : (share(chosen), share(rejected)))
    }
}

extension [Double] {
    /// Where the greatest value stands, the first of several; nil in an empty array.
    fileprivate var firstIndexOfMaximum: Int? {
        indices.max { self[$0] != self[$1] ? self[$0] < self[$1] : $0 > $1 }
    }
}

extension PairEncoder {
    /// The ids of a teacher's answer; one that was cut off is not ended.
    func ids(of answer: TeacherAnswer) -> [TokenID] {
        encodeCompletion(answer.text, isWhole: answer.finishReason == .stop)
    }
}
