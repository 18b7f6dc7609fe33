/// A student's answer against a baseline's, judged in both orders.
package struct JudgedPair: Sendable, Hashable {
    /// The verdict with the student's answer first, nil where the judge's reply holds none.
    package var studentFirst: Verdict?
    /// The verdict with the student's answer second.
    package var studentSecond: Verdict?
    /// Lengths of the answers, in the same unit.
    package var studentLength: Int
    package var baselineLength: Int

    package init(studentFirst: Verdict?, studentSecond: Verdict?, studentLength: Int, baselineLength: Int) {
        self.studentFirst = studentFirst
        self.studentSecond = studentSecond
        self.studentLength = studentLength
        self.baselineLength = baselineLength
    }

    /// The student's score: the mean of both orders, from 0 to 1; nil where a verdict could not be read.
    package var score: Double? {
        guard let studentFirst, let studentSecond else { return nil }
        return (studentFirst.scoreOfFirst + 1 - studentSecond.scoreOfFirst) / 2
    }

    /// True if the judge prefers a position, not an answer.
    package var isFlipped: Bool {
        guard let studentFirst, let studentSecond else { return false }
        return studentFirst == studentSecond && studentFirst != .tie
    }
}
