import PladRecords

extension Measure {
    static let main = [
        Measure(
            name: "ROUGE-L", shortName: "ROUGE-L", inSentence: "ROUGE-L",
            meaning: "Longest common subsequence of words with the teacher’s text, F. Higher is better.",
            decimals: 3, isMain: true, isClosing: true, direction: .higher, estimate: { $0.rougeL }, difference: { $0.rougeL }),
        Measure(
            name: "chrF", shortName: "chrF", inSentence: "chrF",
            meaning: "Runs of up to 6 characters in common with the teacher’s texts, F. Higher is better.",
            decimals: 3, isMain: true, isClosing: true, direction: .higher, estimate: { $0.chrF }, difference: { $0.chrF }),
        Measure(
            name: "Negative log-likelihood", shortName: "nats/token", inSentence: "negative log-likelihood",
            meaning: "How unlikely the student finds the teacher’s text, nats per token. Lower is better.",
            decimals: 3, isMain: true, direction: .lower, estimate: { $0.teacherNegativeLogLikelihood },
            difference: { $0.teacherNegativeLogLikelihood }),
        Measure(
            name: "Pairs ranked right", shortName: "ranked right", inSentence: "pairs ranked right",
            meaning: "Teacher’s text above the warm-up’s own samples: lower after it. Higher is better.",
            decimals: 3, isMain: true, isClosing: true, direction: .higher, estimate: { $0.rankAccuracy }, difference: { $0.rankAccuracy }),
        Measure(
            name: "Facts kept", shortName: "facts kept", inSentence: "facts kept",
            meaning: "Share of the prompts’ facts that the completion repeats exactly. Higher is better.",
            decimals: 3, isMain: true, direction: .higher, estimate: { $0.factsKept }, difference: { $0.factsKept }),
        Measure(
            name: "Exact completions", shortName: "exact", inSentence: "exact completions",
            meaning: "Share of the completions that are exactly the teacher’s. Higher is better.",
            decimals: 3, isMain: true, isClosing: true, direction: .higher, estimate: { $0.exact }, difference: { $0.exact }),
        Measure(
            name: "Quality", shortName: "quality", inSentence: "quality",
            meaning: "Quality of the greedy completion by the task’s measure: 1 is right in full. Higher is better.",
            decimals: 3, isMain: true, isClosing: true, direction: .higher, estimate: { $0.quality?.ownColumn },
            difference: { $0.quality?.ownColumn }),
        Measure(
            name: "Completion length", shortName: "tokens", inSentence: "completion length",
            meaning: "Tokens of the greedy completion.",
            decimals: 1, isMain: true, direction: .none, estimate: { $0.answerTokens }, difference: { $0.answerTokens }),
    ]

    static let further = [
        more("Length ratio", "of the teacher’s tokens", .none) { $0.lengthRatio },
        more("ROUGE-1", "words in common, F", .higher) { $0.rouge1 },
        more("ROUGE-2", "pairs of words in common, F", .higher) { $0.rouge2 },
        more("ROUGE-Lsum", "line by line, F", .higher) { $0.rougeLsum },
        more("Kendall’s τ-b", "of log-probability per token with likeness to the teacher’s text, over a prompt’s samples", .higher) {
            $0.kendall
        },
        more("Spearman’s ρ", "of the same", .higher) { $0.spearman },
        more("τ-b of the sum", "of log-probability with likeness", .higher) { $0.kendallOfSum },
        more("τ-b with facts", "of log-probability per token with facts kept", .higher) { $0.kendallOfFacts },
        quality("Quality of samples", "of the student’s own", .higher) { $0.sample },
        quality("Likeliest sample", "quality of the likeliest of a prompt’s samples", .higher) { $0.likeliestBySum },
        quality("Likeliest per token", "the same, by the mean over tokens", .higher) { $0.likeliestByMean },
        quality("Beam search, 4", "quality of the best completion of 4 beams", .higher) { $0.beam4 },
        quality("Beam search, 8", "the same of 8", .higher) { $0.beam8 },
        quality("Best sample", "quality of the best of a prompt’s samples: the headroom of ranking", .higher) { $0.best },
        quality("Pass@n", "prompts with a sample that is right in full", .higher) { $0.passAtN },
        quality("AUROC", "how often a right sample is likelier than a wrong one; 0.5 is chance", .higher) { $0.auroc },
        more("Calibration error", "of confidence in the order of pairs", .lower) { $0.calibrationError },
    ]

    private static func quality(
        _ name: String, _ meaning: String, _ direction: Direction, _ value: @escaping @Sendable (QualityMeasures) -> Estimate?
    ) -> Measure {
        Measure(
            name: name, shortName: name, inSentence: name, meaning: meaning, decimals: 3, isMain: false, direction: direction,
            estimate: { $0.quality.flatMap(value) }, difference: { $0.quality.flatMap(value) })
    }

    private static func more(
        _ name: String, _ meaning: String, _ direction: Direction, _ value: @escaping @Sendable (FurtherMeasures) -> Estimate?
    ) -> Measure {
        Measure(
            name: name, shortName: name, inSentence: name, meaning: meaning, decimals: 3, isMain: false, direction: direction,
            estimate: { $0.more.flatMap(value) }, difference: { $0.more.flatMap(value) })
    }
}

extension QualityMeasures {
    /// The greedy completions' quality, if no other column shows it and students can be compared by it.
    fileprivate var ownColumn: Estimate? { ["facts", "likeness", "agreement", "judge"].contains(by) ? nil : greedy }
}
