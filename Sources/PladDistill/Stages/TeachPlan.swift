import PladRecords

/// Decides which prompt is sent to the teacher next, and records the outcomes.
///
/// A pure value. A completion is requested only if it is needed even if all before it succeed, so that what is requested and paid for does
/// not depend on the order of the responses.
package struct TeachPlan {
    package let wanted: [WantedCompletion]
    /// Ids of prompts that fill the student's context and are not asked.
    private let unfit: Set<String>
    /// Number of usable completions of training prompts after which no more are asked; nil asks for all.
    private let enough: Int?
    /// True if the run continues without failed completions, so that others are requested in their place.
    private let skipsFailed: Bool
    private var outcomes: [TeachOutcome?]
    /// Number of completions that were requested or skipped.
    private var begun = 0
    /// Number of requested completions of training prompts that arrived or may still arrive.
    private var hopeful = 0
    /// Number of completions with an outcome, and of those from the cache.
    package private(set) var (done, cached) = (0, 0)

    package init(_ wanted: [WantedCompletion], unfit: Set<String> = [], until enough: Int? = nil, skipsFailed: Bool = false) {
        self.wanted = wanted
        self.unfit = unfit
        self.enough = enough
        self.skipsFailed = skipsFailed
        outcomes = Array(repeating: nil, count: wanted.count)
    }

    /// The next completions to request, by index: all needed samples of one prompt. Nil if there are none.
    package mutating func next() -> Range<Int>? {
        while let samples = nextPrompt() {
            guard unfit.contains(wanted[samples.lowerBound].prompt.id) else { return samples }
            for index in samples {
                outcomes[index] = wanted[index].drop(.tooLong, "the prompt alone fills the student's context: it is not asked")
                if wanted[index].split == .train { hopeful -= 1 }
                done += 1
            }
        }
        return nil
    }

    private mutating func nextPrompt() -> Range<Int>? {
        let first = begun
        while begun < wanted.count, begun == first || wanted[begun].sample > 0 {
            if wanted[begun].split == .train {
                if let enough, hopeful >= enough { break }
                hopeful += 1
            }
            begun += 1
        }
        return first < begun ? first..<begun : nil
    }

    /// True if all are requested and most have arrived.
    package var isLastToFail: Bool { begun == wanted.count && outcomes.count { $0?.completion != nil } * 2 > wanted.count }

    /// Records the outcome of one completion. A final failure makes room for another.
    package mutating func record(_ outcome: TeachOutcome, at index: Int) {
        outcomes[index] = outcome
        let isSpent = outcome.completion == nil && (skipsFailed || outcome.drop?.state != .failed)
        if isSpent, wanted[index].split == .train { hopeful -= 1 }
        done += 1
        if outcome.state == "cached" { cached += 1 }
    }

    /// Records the outcome of the completion whose error ended the requests.
    package mutating func recordEnd(_ outcome: TeachOutcome, at index: Int) { outcomes[index] = outcome }

    /// The outcomes of the completions that were needed, in order; those without one were interrupted.
    package var result: [TeachOutcome] {
        let count = enough == nil ? wanted.count : begun
        return zip(outcomes, wanted).prefix(count).map { $0 ?? $1.drop(.interrupted, "the run ended before it was completed") }
    }
}
