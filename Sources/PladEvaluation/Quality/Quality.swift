package import PladRecords

/// A measure of the quality of a prompt's completions. A new one is a file beside this one and its case in `QualityKind`.
package protocol Quality: Sendable {
    /// True if completions are compared with the teacher's text, which unpaid prompts do not have.
    var needsTeacher: Bool { get }

    /// The quality of each candidate, in order: greater is better, from 0 to 1 if 1 is fully right.
    ///
    /// - Parameter teacher: the teacher's completions of the prompt; empty if it was not asked.
    /// - Returns: nil if the quality is not defined for this prompt (for example, it has no facts).
    ///
    /// Throws if a judge or a command is asked and does not answer.
    func scores(of candidates: [String], for prompt: Prompt, teacher: [String]) async throws -> [Double]?
}

/// The kind of a quality, by its name in settings.
public enum QualityKind: String, Codable, Sendable, CaseIterable {
    /// The share of the prompt's `facts` that a completion repeats exactly.
    case facts
    /// Quality 1 if the final answer is the prompt's `answer` or, without one, the teacher's most frequent answer; else 0.
    case answer
    /// Quality 0 for invalid JSON or one that does not fit the task's `schema`; else the share of fields equal to the prompt's
    /// `answer`, or to the teacher's without one; 1 if there is neither.
    case json
    /// ROUGE-L to the nearest of the teacher's texts; chrF if ROUGE cannot read the script.
    case likeness
    /// The share of the prompt's other candidates with the same final answer, or the same text if the task has no answers.
    case agreement
    /// The rank by a judging model among the prompt's candidates: 1 for the best, 0 for the last.
    case judge
    /// The number that a program of the user's returns.
    case command
    /// The value that a copy of the student gives, trained in each round to tell the teacher's text from the student's samples. It
    /// ranks samples; students are measured by what is known otherwise.
    case critic

    /// True if a completion's quality depends on the other candidates: such a quality orders one student's samples, but cannot compare
    /// students.
    package var isRelative: Bool { self == .agreement || self == .judge }
}
