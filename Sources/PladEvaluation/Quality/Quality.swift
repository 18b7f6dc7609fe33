package import PladRecords

/// One way to know how good completions of a prompt are. A new way is a file beside this one and its case in `QualityKind`.
package protocol Quality: Sendable {
    /// True if completions are held against the teacher's text, which prompts that were never paid for do not have.
    var needsTeacher: Bool { get }

    /// A number for each candidate, in their order: the greater the better, from 0 to 1 where 1 is right in full.
    ///
    /// - Parameter teacher: the teacher's completions of the prompt; none where it was not asked.
    /// - Returns: nil where the quality says nothing about this prompt (it names no facts, say).
    ///
    /// Throws where somebody else is asked (a judge, a command) and gives no answer.
    func scores(of candidates: [String], for prompt: Prompt, teacher: [String]) async throws -> [Double]?
}

/// The ways to know quality, by the names that settings have for them.
public enum QualityKind: String, Codable, Sendable, CaseIterable {
    /// The share of the prompt's `facts` that a completion keeps to the letter.
    case facts
    /// 1 where the final answer is the prompt's `answer`, or where it names none the one that the teacher mostly gives; else 0.
    case answer
    /// 0 for what is no JSON or does not fit the task's `schema`; else the share of the fields that are the prompt's `answer`'s, or the
    /// teacher's where it names none; 1 where neither is there.
    case json
    /// ROUGE-L to the teacher's text that is nearest; chrF where ROUGE cannot read the script.
    case likeness
    /// The share of the prompt's other candidates with the same final answer, or the same text where the task has no answers.
    case agreement
    /// The rank that a judging model gives among the prompt's candidates: 1 for the best, 0 for the last.
    case judge
    /// The number that a program of the user's gives.
    case command
    /// The value that a copy of the student gives, trained in each round to tell the teacher's text from the student's samples. It
    /// ranks samples; students are measured by what is known otherwise.
    case critic

    /// True if a completion's quality depends on those that it stands among: then it orders one student's samples, and says nothing of how
    /// one student compares with another.
    package var isRelative: Bool { self == .agreement || self == .judge }
}
