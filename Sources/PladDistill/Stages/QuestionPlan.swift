import PladRecords

/// Decides which question is put to the teacher next, and keeps what became of each.
///
/// A pure value. A question is begun only if it is needed even if all before it bring an answer: so those that are asked, and paid
/// for, are the same however the answers come in.
package struct QuestionPlan {
    package let questions: [TeachQuestion]
    /// Ids of prompts that fill the student's context: they are not asked.
    private let unfit: Set<String>
    /// The number of usable answers to training prompts that suffices; nil asks every question.
    private let wanted: Int?
    /// True if the run goes on without questions that failed, so that others are asked in their place.
    private let skipsFailed: Bool
    private var outcomes: [TeachOutcome?]
    /// Questions that are asked or passed over.
    private var begun = 0
    /// Begun questions to training prompts that have, or may still bring, an answer.
    private var hopeful = 0
    /// The number of questions with an outcome, and of those that came from the cache.
    package private(set) var (done, cached) = (0, 0)

    package init(_ questions: [TeachQuestion], unfit: Set<String> = [], until wanted: Int? = nil, skipsFailed: Bool = false) {
        self.questions = questions
        self.unfit = unfit
        self.wanted = wanted
        self.skipsFailed = skipsFailed
        outcomes = Array(repeating: nil, count: questions.count)
    }

    /// The next questions to ask: all samples of one prompt that are needed, by their places. Nil where none is.
    package mutating func next() -> Range<Int>? {
        while let samples = nextPrompt() {
            guard unfit.contains(questions[samples.lowerBound].prompt.id) else { return samples }
            for index in samples {
                outcomes[index] = questions[index].drop(.tooLong, "the prompt alone fills the student's context: it is not asked")
                if questions[index].split == .train { hopeful -= 1 }
                done += 1
            }
        }
        return nil
    }

    private mutating func nextPrompt() -> Range<Int>? {
        let first = begun
        while begun < questions.count, begun == first || questions[begun].sample > 0 {
            if questions[begun].split == .train {
                if let wanted, hopeful >= wanted { break }
                hopeful += 1
            }
            begun += 1
        }
        return first < begun ? first..<begun : nil
    }

    /// True if every question is begun and most have an answer.
    package var isLastToFail: Bool { begun == questions.count && outcomes.count { $0?.answer != nil } * 2 > questions.count }

    /// Takes what a question came to. One that failed for good makes room for another.
    package mutating func record(_ outcome: TeachOutcome, at index: Int) {
        outcomes[index] = outcome
        let isSpent = outcome.answer == nil && (skipsFailed || outcome.drop?.state != .failed)
        if isSpent, questions[index].split == .train { hopeful -= 1 }
        done += 1
        if outcome.state == "cached" { cached += 1 }
    }

    /// Takes what a question came to that ended the asking.
    package mutating func recordEnd(_ outcome: TeachOutcome, at index: Int) { outcomes[index] = outcome }

    /// One outcome for each question that was to be asked, in order: those without one were interrupted.
    package var result: [TeachOutcome] {
        let count = wanted == nil ? questions.count : begun
        return zip(outcomes, questions).prefix(count).map { $0 ?? $1.drop(.interrupted, "the run ended before it was answered") }
    }
}
