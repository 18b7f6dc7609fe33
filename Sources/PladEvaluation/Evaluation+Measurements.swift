package import PladRecords

extension Evaluation {
    /// The comparison of students, in the order given, on the same prompts, of which the first `examples` are shown.
    ///
    /// Compared pair by pair are each student with the one before it, and the last with the first.
    /// Throws `EvaluationError.unpaired` where the students' prompts differ.
    package init(of students: [StudentMeasurements], examples: Int = 20, bootstrap: Bootstrap) throws {
        var comparisons = zip(students, students.dropFirst()).map { (student: $1, baseline: $0) }
        if students.count > 2 { comparisons.append((students[students.count - 1], students[0])) }
        self.init(
            students: students.map { $0.evaluation(bootstrap) },
            differences: try comparisons.map { try $0.student.difference(from: $0.baseline, bootstrap) },
            examples: (students.first?.prompts ?? []).prefix(examples).enumerated().map { index, prompt in
                SideBySide(
                    id: prompt.id, prompt: prompt.prompt, teacher: prompt.teacherText,
                    students: students.map { $0.prompts[index].answer }, rougeL: students.map { $0[.rougeL][index].numerator },
                    facts: prompt.facts.isEmpty ? nil : prompt.facts,
                    factsKept: prompt.facts.isEmpty ? nil : students.map { Int($0[.factsKept][index].numerator) })
            },
            teacherTokensSpread: Spread(of: (students.first?.prompts ?? []).map { Double($0.teacherLogProbabilities.count) }))
    }
}
