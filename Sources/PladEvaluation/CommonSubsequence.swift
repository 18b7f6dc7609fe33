/// Computes longest common subsequences with one candidate, 64 of its words at a time.
///
/// Bit j of a row is 0 where the length of the longest common subsequence grows from the candidate's first j words to its first j + 1.
/// Source: Hyyrö 2004, "Bit-parallel LCS-length computation revisited". O(reference × candidate / 64).
struct CommonSubsequence {
    private let candidate: [Int32]
    /// Number of 64-bit words in a row.
    private let width: Int
    /// [vocabulary, width]: bitmap of each word's positions in the candidate.
    private let places: [UInt64]

    /// Takes the candidate. Every word of candidate and references must be in 0..<vocabulary.
    init(_ candidate: [Int32], vocabulary: Int) {
        self.candidate = candidate
        let width = (candidate.count + 63) / 64
        var places = [UInt64](repeating: 0, count: vocabulary * width)
        for (index, word) in candidate.enumerated() {
            places[Int(word) * width + index / 64] |= 1 << UInt64(index % 64)
        }
        self.width = width
        self.places = places
    }

    /// The length of the longest common subsequence.
    func length(with reference: [Int32]) -> Int {
        var row = [UInt64](repeating: .max, count: width)
        for word in reference { advance(&row, from: 0, by: word) }
        return zeros(in: row, from: 0, below: candidate.count)
    }

    /// Marks the words of the reference that are part of one longest common subsequence: the one that `rouge_score`
    /// reads out, which prefers earlier words of the reference.
    func mark(in reference: [Int32], _ matched: inout [Bool]) {
        // rows[i] after the reference's first i words, so that the way back can be walked.
        var rows = [UInt64](repeating: .max, count: (reference.count + 1) * width)
        for (index, word) in reference.enumerated() {
            let start = (index + 1) * width
            for offset in 0..<width { rows[start + offset] = rows[start - width + offset] }
            advance(&rows, from: start, by: word)
        }
        var (i, j) = (reference.count, candidate.count)
        while i > 0, j > 0 {
            if reference[i - 1] == candidate[j - 1] {
                matched[i - 1] = true
                (i, j) = (i - 1, j - 1)
                continue
            }
            let row = i * width
            let growsWithCandidate = rows[row + (j - 1) / 64] >> UInt64((j - 1) % 64) & 1 == 0
            let growsWithReference = zeros(in: rows, from: row, below: j) > zeros(in: rows, from: row - width, below: j)
            if growsWithReference, !growsWithCandidate { j -= 1 } else { i -= 1 }
        }
    }

    private func advance(_ rows: inout [UInt64], from start: Int, by word: Int32) {
        var carry: UInt64 = 0
        for offset in 0..<width {
            let row = rows[start + offset]
            let hits = row & places[Int(word) * width + offset]
            let (partial, overflow) = row.addingReportingOverflow(hits)
            let (sum, overflowOfCarry) = partial.addingReportingOverflow(carry)
            carry = overflow || overflowOfCarry ? 1 : 0
            rows[start + offset] = sum | (row & ~hits)
        }
    }

    private func zeros(in rows: [UInt64], from start: Int, below end: Int) -> Int {
        var count = 0
        for offset in 0..<end / 64 { count += (~rows[start + offset]).nonzeroBitCount }
        if end % 64 > 0 {
            count += (~rows[start + end / 64] & (1 << UInt64(end % 64) - 1)).nonzeroBitCount
        }
        return count
    }
}
