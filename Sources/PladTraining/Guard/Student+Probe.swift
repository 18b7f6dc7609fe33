package import PladRecords
package import PladStudent

extension Student {
    /// Measures the likelihood of the chosen completions of some prompts, and length and repetition of greedy completions.
    ///
    /// A completion is cut at three times the longest chosen one, which is more than the guard allows. Nil if the student's numbers are
    /// not finite.
    func probe(_ groups: [EncodedGroup]) throws -> GreedyProbe? {
        let chosenTokens = Double(max(1, groups.reduce(0) { $0 + $1.chosen.count }))
        let trees = groups.map { PromptTree(prompt: $0.prompt, continuations: [$0.chosen]) }
        let chosen = try logProbabilities(of: trees).joined().joined().reduce(0) { $0 + Double($1) }
        guard chosen.isFinite, let answers = try greedyAnswers(groups) else { return nil }
        let tokens = answers.reduce(0) { $0 + $1.count }
        return GreedyProbe(
            chosenLogProbabilityPerToken: chosen / chosenTokens, answerTokens: Double(tokens) / Double(max(1, answers.count)),
            lengthRatio: Double(tokens) / chosenTokens, repetition: Self.repetition(answers))
    }

    private func greedyAnswers(_ groups: [EncodedGroup]) throws -> [[TokenID]]? {
        let longest = groups.map(\.chosen.count).max() ?? 0
        let parameters = SamplingParameters(temperature: 0, maxTokens: 3 * longest)
        let requests = groups.filter { configuration.room(prompt: $0.prompt.count) > 0 }
            .map { DecodeRequest(prompt: $0.prompt, parameters: parameters, streams: [SeededGenerator(seed: 0, "greedy")]) }
        do {
            return try sample(requests, slots: requests.count).joined().map(\.ids)
        } catch let error as StudentError where error.code == .tensors {
            return nil
        }
    }

    /// Share of all 4-grams of tokens that occurred before in the same completion.
    package static func repetition(_ answers: [[TokenID]]) -> Double {
        var (runs, repeated) = (0, 0)
        for answer in answers where answer.count >= 4 {
            var seen: Set<[TokenID]> = []
            for start in 0...answer.count - 4 {
                runs += 1
                repeated += seen.insert(Array(answer[start..<start + 4])).inserted ? 0 : 1
            }
        }
        return Double(repeated) / Double(max(1, runs))
    }
}
