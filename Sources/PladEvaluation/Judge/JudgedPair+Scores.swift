extension JudgedPair {
    /// Decides a pair by scores, which do not depend on the order: the higher one wins, equal ones tie. A missing score leaves the pair
    /// without a verdict.
    package init(studentScore: Double?, baselineScore: Double?, studentLength: Int, baselineLength: Int) {
        self.init(studentFirst: nil, studentSecond: nil, studentLength: studentLength, baselineLength: baselineLength)
        guard let studentScore, let baselineScore else { return }
        (studentFirst, studentSecond) =
            studentScore > baselineScore ? (.first, .second) : studentScore < baselineScore ? (.second, .first) : (.tie, .tie)
    }
}
