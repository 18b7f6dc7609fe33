/// The four ROUGE measures of one candidate against one reference.
///
/// Source: Lin 2004, "ROUGE: a Package for Automatic Evaluation of Summaries"; equal to `rouge_score` 0.1.2 with its default tokenizer,
/// whose words are the runs of a-z and 0-9 in the lower-cased text. Other scripts have no words for it, so two texts without Latin
/// letters or digits score 0 even if they are equal.
package struct Rouge: Sendable, Hashable {
    /// Score by common words, each counted as often as both texts have it.
    package var rouge1: RougeScore
    /// Score by common pairs of neighbouring words.
    package var rouge2: RougeScore
    /// Score by the longest common subsequence of words.
    package var rougeL: RougeScore
    /// Score by the union of the longest common subsequences of each line of the reference with every line of the candidate.
    package var rougeLsum: RougeScore

    /// - Parameter stemming: true to compare words of more than three letters by their Porter stem.
    package static func score(reference: String, candidate: String, stemming: Bool = false) -> Rouge {
        var words = WordNumbers(stemming: stemming)
        let reference = words.lines(of: reference)
        let candidate = words.lines(of: candidate)
        let vocabulary = words.count
        let referenceWords = Array(reference.joined())
        let candidateWords = Array(candidate.joined())
        let counts = (reference: referenceWords.count, candidate: candidateWords.count)
        let whole = CommonSubsequence(candidateWords, vocabulary: vocabulary).length(with: referenceWords)
        let rougeL = RougeScore(common: whole, reference: counts.reference, candidate: counts.candidate)
        // One line each: the union of one longest common subsequence is that subsequence.
        let single = reference.count <= 1 && candidate.count <= 1
        let union = single ? whole : unionOfSubsequences(reference, candidate, vocabulary: vocabulary)
        return Rouge(
            rouge1: RougeScore(
                common: unigrams(referenceWords).countInCommon(with: unigrams(candidateWords)),
                reference: counts.reference, candidate: counts.candidate),
            rouge2: RougeScore(
                common: bigrams(referenceWords).countInCommon(with: bigrams(candidateWords)),
                reference: max(counts.reference - 1, 0), candidate: max(counts.candidate - 1, 0)),
            rougeL: rougeL,
            rougeLsum: RougeScore(common: union, reference: counts.reference, candidate: counts.candidate))
    }

    /// The words, sorted.
    private static func unigrams(_ words: [Int32]) -> [UInt64] {
        words.map { UInt64($0) }.sorted()
    }

    /// The pairs of neighbouring words, sorted.
    private static func bigrams(_ words: [Int32]) -> [UInt64] {
        zip(words, words.dropFirst()).map { UInt64($0) << 32 | UInt64($1) }.sorted()
    }

    /// The number of words of the reference in the union, over the candidate's lines, of their longest common subsequences with each
    /// line of the reference; no word is counted more often than either text has it (as in ROUGE 1.5.5).
    private static func unionOfSubsequences(_ reference: [[Int32]], _ candidate: [[Int32]], vocabulary: Int) -> Int {
        var matched = reference.map { [Bool](repeating: false, count: $0.count) }
        for line in candidate {
            let subsequence = CommonSubsequence(line, vocabulary: vocabulary)
            for index in reference.indices { subsequence.mark(in: reference[index], &matched[index]) }
        }
        var left = [Int](repeating: 0, count: vocabulary)
        for word in candidate.joined() { left[Int(word)] += 1 }
        var hits = 0
        for (line, marks) in zip(reference, matched) {
            for (word, isMatched) in zip(line, marks) where isMatched && left[Int(word)] > 0 {
                left[Int(word)] -= 1
                hits += 1
            }
        }
        return hits
    }
}

/// Computes ROUGE-L only, without stemming, the similarity between a completion and the teacher's.
package enum RougeL {
    package static func score(reference: String, candidate: String) -> RougeScore {
        var words = WordNumbers(stemming: false)
        let reference = words.tokens(of: reference)
        let candidate = words.tokens(of: candidate)
        let common = CommonSubsequence(candidate, vocabulary: words.count).length(with: reference)
        return RougeScore(common: common, reference: reference.count, candidate: candidate.count)
    }
}
