import PladRecords

/// Decides which prompt is sent to the teacher next, and records the outcomes.
///
/// A pure value. A question is started only if it is needed even if all before it succeed, so that the questions asked and paid for do
/// not depend on the order of the responses.
package struct QuestionPlan {
    package let questions: [TeachQuestion]
    /// Ids of prompts that fill the student's context and are not asked.
    private let unfit: Set<String>
    /// Number of usable completions of training prompts after which no more are asked; nil asks every question.
    private let wanted: Int?
    /// True if the run continues without failed questions, so that others are asked in their place.
    private let skipsFailed: Bool
    private var outcomes: [TeachOutcome?]
    /// Number of questions that were asked or skipped.
    private var begun = 0
    /// Number of started questions about training prompts that have, or may still get, a completion.
    private var hopeful = 0
    /// Number of questions with an outcome, and of those answered by the cache.
    package private(set) var (done, cached) = (0, 0)

    package init(_ questions: [TeachQuestion], unfit: Set<String> = [], until wanted: Int? = nil, skipsFailed: Bool = false) {
        self.questions = questions
        self.unfit = unfit
        self.wanted = wanted
        self.skipsFailed = skipsFailed
        outcomes = Array(repeating: nil, count: questions.count)
    }

    /// The next questions to ask, by index: all needed samples of one prompt. Nil if there are none.
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

    /// True if every question is started and most have a completion.
    package var isLastToFail: Bool { begun == questions.count && outcomes.count { $0?.answer != nil } * 2 > questions.count }

    /// Records the outcome of a question. A final failure makes room for another question.
    package mutating func record(_ outcome: TeachOutcome, at index: Int) {
        outcomes[index] = outcome
        let isSpent = outcome.answer == nil && (skipsFailed || outcome.drop?.state != .failed)
        if isSpent, questions[index].split == .train { hopeful -= 1 }
        done += 1
        if outcome.state == "cached" { cached += 1 }
    }

    /// Records the outcome of a question that ended the requests.
    package mutating func recordEnd(_ outcome: TeachOutcome, at index: Int) { outcomes[index] = outcome }

    /// The outcomes of the questions that were needed, in order; those without one were interrupted.
    package var result: [TeachOutcome] {
        let count = wanted == nil ? questions.count : begun
        return zip(outcomes, questions).prefix(count).map { $0 ?? $1.drop(.interrupted, "the run ended before it was completed") }
    }
}
