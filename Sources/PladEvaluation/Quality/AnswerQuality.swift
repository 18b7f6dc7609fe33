package import PladRecords

/// Quality 1 for a completion with the right final answer, 0 for others.
///
/// The right answer is the prompt's `answer` or, if it has none, the most frequent one in the teacher's completions.
package struct AnswerQuality: Quality {
    package let needsTeacher = false
    private let answer: FinalAnswer

    package init(_ answer: FinalAnswer) { self.answer = answer }

    package func scores(of candidates: [String], for prompt: Prompt, teacher: [String]) -> [Double]? {
        guard let expected = prompt.answer ?? teacher.compactMap(answer.find).mostFrequent(by: FinalAnswer.canonical) else { return nil }
        return candidates.map { candidate in
            // A completion may be the bare answer.
            guard let given = answer.find(in: candidate) else {
                return FinalAnswer.canonical(candidate) == FinalAnswer.canonical(expected) ? 1 : 0
            }
            return FinalAnswer.isSame(given, expected) ? 1 : 0
        }
    }
}

extension [String] {
    /// The text with the most frequent key, the first of several; nil if there are no texts.
    func mostFrequent(by key: (String) -> String) -> String? {
        let counts = Dictionary(grouping: self, by: key).mapValues(\.count)
        return enumerated().max { a, b in
            let (left, right) = (counts[key(a.element)] ?? 0, counts[key(b.element)] ?? 0)
            return left != right ? left < right : a.offset > b.offset
        }?.element
    }
}
