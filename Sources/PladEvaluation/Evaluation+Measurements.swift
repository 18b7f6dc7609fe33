package import PladRecords

extension Evaluation {
    /// The pairs of students to compare.
    package enum Comparing: Sendable {
        /// Each student with the one before it, and the last with the first: stages of one student.
        case stages
        /// Each student with the first: independent students.
        case withFirst
    }

    /// Compares students, in the given order, on the same prompts, of which the first `examples` are included.
    ///
    /// Throws `EvaluationError.unpaired` if the students' prompts differ.
    package init(
        of students: [StudentMeasurements], comparing: Comparing = .stages, examples: Int = 20, bootstrap: Bootstrap
    ) throws {
        var comparisons: [(student: StudentMeasurements, baseline: StudentMeasurements)] =
            switch comparing {
            case .stages: zip(students, students.dropFirst()).map { ($1, $0) }
            case .withFirst: students.dropFirst().map { ($0, students[0]) }
            }
        if comparing == .stages, students.count > 2 { comparisons.append((students[students.count - 1], students[0])) }
        self.init(
            students: students.map { $0.evaluation(bootstrap) },
            differences: try comparisons.map { try $0.student.difference(from: $0.baseline, bootstrap) },
            examples: (students.first?.prompts ?? []).prefix(examples).enumerated().map { index, prompt in
                SideBySide(
                    id: prompt.id, prompt: prompt.prompt, teacher: prompt.teacherText,
                    students: students.map { $0.prompts[index].answer }, rougeL: students.map { $0[.rougeL][index].numerator },
                    chrF: students.map { $0.chrF[index].score },
                    facts: prompt.facts.isEmpty ? nil : prompt.facts,
                    factsKept: prompt.facts.isEmpty ? nil : students.map { Int($0[.factsKept][index].numerator) })
            },
            teacherTokensSpread: Spread(of: (students.first?.prompts ?? []).map { Double($0.teacherLogProbabilities.count) }),
            rougeReads: Rouge.readableShare(of: (students.first?.prompts ?? []).map(\.teacherText)))
        // Free text is never the teacher's to the letter: then the measure says nothing.
        if !self.students.contains(where: { ($0.exact?.mean ?? 0) > 0 }) {
            for index in self.students.indices { self.students[index].exact = nil }
            for index in differences.indices { differences[index].exact = nil }
        }
    }
}
