/// A comparison of a student's completion with a baseline's, judged in both orders.
package struct JudgedPair: Sendable, Hashable {
    /// Verdict with the student's completion first; nil if the judge's reply holds none.
    package var studentFirst: Verdict?
    /// Verdict with the student's completion second.
    package var studentSecond: Verdict?
    /// Lengths of the completions, in the same unit.
    package var studentLength: Int
    package var baselineLength: Int

    package init(studentFirst: Verdict?, studentSecond: Verdict?, studentLength: Int, baselineLength: Int) {
        self.studentFirst = studentFirst
        self.studentSecond = studentSecond
        self.studentLength = studentLength
        self.baselineLength = baselineLength
    }

    /// The student's score: the mean of both orders, from 0 to 1; nil if a verdict could not be read.
    package var score: Double? {
        guard let studentFirst, let studentSecond else { return nil }
        return (studentFirst.scoreOfFirst + 1 - studentSecond.scoreOfFirst) / 2
    }

    /// True if the judge prefers a position rather than a completion.
    package var isFlipped: Bool {
        guard let studentFirst, let studentSecond else { return false }
        return studentFirst == studentSecond && studentFirst != .tie
    }
}
