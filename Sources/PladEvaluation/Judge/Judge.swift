package import PladRecords

/// Asks a model which of two completions is better, always in both orders.
package struct Judge: Sendable {
    /// Sends a conversation to the judging model and returns its reply; caching, limits and retries are behind it.
    package typealias Ask = @Sendable ([Message]) async throws -> String

    private let ask: Ask

    package init(ask: @escaping Ask) {
        self.ask = ask
    }

    /// Judges each of the student's completions against the baseline's on the same prompts, many at a time.
    ///
    /// Lengths are in tokens. Throws what `ask` throws; a reply without a verdict is counted, not thrown.
    /// - Parameter showsReference: true to show the judge the teacher's text as a good completion.
    package func compare(
        _ student: StudentMeasurements, with baseline: StudentMeasurements, showsReference: Bool = true, concurrency: Int = 64
    ) async throws -> [JudgedPair] {
        try student.checkPaired(with: baseline)
        let pairs = Array(zip(student.prompts, baseline.prompts))
        var judged = [JudgedPair?](repeating: nil, count: pairs.count)
        try await withThrowingTaskGroup(of: (Int, JudgedPair).self) { group in
            var next = 0
            while next < min(max(concurrency, 1), pairs.count) {
                add(next, pairs[next], showsReference, to: &group)
                next += 1
            }
            while let (index, pair) = try await group.next() {
                judged[index] = pair
                guard next < pairs.count else { continue }
                add(next, pairs[next], showsReference, to: &group)
                next += 1
            }
        }
        return judged.map { $0! }
    }

    private func add(
        _ index: Int, _ answers: (student: HeldOutMeasurement, baseline: HeldOutMeasurement), _ showsReference: Bool,
        to group: inout ThrowingTaskGroup<(Int, JudgedPair), any Error>
    ) {
        group.addTask { (index, try await judge(answers.student, answers.baseline, showsReference)) }
    }

    /// Judges one prompt; equal completions are a tie without a request.
    private func judge(_ student: HeldOutMeasurement, _ baseline: HeldOutMeasurement, _ showsReference: Bool) async throws -> JudgedPair {
        var pair = JudgedPair(
            studentFirst: .tie, studentSecond: .tie, studentLength: student.answerTokens, baselineLength: baseline.answerTokens)
        guard student.answer != baseline.answer else { return pair }
        let question = JudgeQuestion(
            prompt: student.prompt, first: student.answer, second: baseline.answer,
            reference: showsReference ? student.teacherText : nil)
        async let first = ask(question.messages)
        async let second = ask(question.swapped.messages)
        pair.studentFirst = Verdict(reply: try await first)
        pair.studentSecond = Verdict(reply: try await second)
        return pair
    }
}
