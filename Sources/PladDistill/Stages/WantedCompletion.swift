package import PladCache
package import PladRecords
import PladTeacher

/// A completion to get from the teacher: the prompt, and which of its completions.
package struct WantedCompletion: Sendable {
    /// Index among all wanted completions of the run, from 0.
    package var place: Int
    package var prompt: Prompt
    package var split: Split
    package var sample: Int

    package init(place: Int, prompt: Prompt, split: Split, sample: Int) {
        self.place = place
        self.prompt = prompt
        self.split = split
        self.sample = sample
    }
}

/// The outcome of a wanted completion.
package enum TeachOutcome: Sendable {
    case completion(TeacherCompletion, from: CachedTeacher.Source)
    case dropped(Drop)

    /// Name of the outcome in the summary.
    package var state: String {
        switch self {
        case .completion(_, .asked): "answered"
        case .completion(_, .batch): "batched"
        case .completion(_, .cache): "cached"
        case .dropped(let drop): drop.state.rawValue
        }
    }

    package var drop: Drop? {
        if case .dropped(let drop) = self { drop } else { nil }
    }

    package var completion: TeacherCompletion? {
        if case .completion(let completion, _) = self { completion } else { nil }
    }

    /// True if the completion has no final outcome: the run ends here unless it may continue without it.
    var isUnanswered: Bool {
        guard let state = drop?.state else { return false }
        return [.failed, .overBudget, .interrupted].contains(state)
    }
}

extension WantedCompletion {
    package func drop(_ state: Drop.State, kind: String? = nil, _ detail: String) -> TeachOutcome {
        .dropped(Drop(stage: .teach, id: prompt.id, split: split, sample: sample, state: state, kind: kind, detail: detail))
    }

    /// The outcome of an error that concerns only this completion.
    func outcome(of error: any Failure, kind: String) -> TeachOutcome {
        switch (error as? TeacherError)?.code {
        case .overBudget: drop(.overBudget, error.message)
        case .forbidden: drop(.filtered, error.message)
        default: drop(.failed, kind: kind, error.message)
        }
    }

    /// The outcome of a completion: usable, or dropped for a reason.
    func outcome(of completion: Completion, from source: CachedTeacher.Source, _ settings: TeacherSettings) -> TeachOutcome {
        let isEmpty = completion.text.allSatisfy(\.isWhitespace)
        switch completion.finishReason {
        case .refused: return drop(.refused, completion.text)
        case .filtered: return drop(.filtered, "the provider withheld the completion")
        case .length where isEmpty || !settings.keepTruncated:
            let tokens = completion.usage.map { "\($0.completionTokens)" } ?? "the allowed"
            let thinking = isEmpty && completion.reasoning != nil ? ", all of them thinking" : ""
            return drop(.truncated, "cut off after \(tokens) tokens\(thinking); raise `teacher.max_tokens` or set `teacher.keep_truncated`")
        case .other where isEmpty || !settings.keepTruncated:
            let way = isEmpty ? "" : "; `teacher.keep_truncated` uses it as it is"
            return drop(.unfinished, "unfinished (\(completion.ending ?? "no finish reason"))\(way)")
        case _ where isEmpty: return drop(.empty, "the completion holds no text")
        case .stop, .length, .other:
            if !settings.keepRefusals, let verdict = Refusal.verdict(on: completion.text) {
                return drop(.refused, "it starts like a refusal: \"\(verdict)\"; `teacher.keep_refusals` uses it")
            }
            return .completion(
                TeacherCompletion(
                    id: prompt.id, split: split, sample: sample, text: completion.text, finishReason: completion.finishReason,
                    model: completion.model, usage: completion.usage, cut: completion.cut), from: source)
        }
    }
}
