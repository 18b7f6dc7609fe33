import PladRecords
import PladReport

/// Records as a run leaves them.
enum Samples {
    static func estimate(_ mean: Double, _ half: Double = 0.02, count: Int = 200) -> Estimate {
        Estimate(mean: mean, low: mean - half, high: mean + half, count: count)
    }

    static func student(_ name: String, rougeL: Double) -> StudentEvaluation {
        StudentEvaluation(
            name: name, rougeL: estimate(rougeL), chrF: estimate(rougeL + 0.1),
            teacherNegativeLogLikelihood: estimate(1.5, 0.03, count: 3000),
            rankAccuracy: estimate(0.75, count: 190), factsKept: nil, answerTokens: estimate(14.2, 0.4))
    }

    static func difference(_ student: String, _ baseline: String, rougeL: Double) -> StudentDifference {
        StudentDifference(
            student: student, baseline: baseline, rougeL: estimate(rougeL, 0.01), chrF: estimate(rougeL - 0.01, 0.01),
            teacherNegativeLogLikelihood: estimate(0.05, 0.01, count: 3000), rankAccuracy: estimate(0.01, 0.02, count: 190),
            factsKept: nil, answerTokens: estimate(1.5, 0.5))
    }

    static func judgement(_ student: String, _ baseline: String, _ rate: Double, by judge: String = "metric") -> Judgement {
        Judgement(
            student: student, baseline: baseline, judge: judge, winRate: estimate(rate, 0.05),
            lengthControlledWinRate: estimate(rate, 0.06),
            flipRate: estimate(0.1), malformed: 0, byLength: [])
    }

    static let evaluation = Evaluation(
        students: [student("initial", rougeL: 0.3), student("warm-up", rougeL: 0.5), student("ranked", rougeL: 0.55)],
        differences: [
            difference("warm-up", "initial", rougeL: 0.2), difference("ranked", "warm-up", rougeL: 0.05),
            difference("ranked", "initial", rougeL: 0.25),
        ],
        examples: (0..<20).map { index in
            SideBySide(
                id: "valid-\(index)", prompt: "Prompt number \(index)", teacher: "teacher says \(index)",
                students: ["before \(index)", "after \(index)", "ranked \(index)"], rougeL: [0.1, 0.5, index % 2 == 0 ? 0.6 : 0.4],
                facts: ["#\(index)"])
        })

    static func steps(_ phase: String, _ count: Int, ranks: Bool) -> [TrainingStep] {
        (1...count).map { number in
            let rejected: Double? = ranks ? -22 - Double(number) / 100 : nil
            return TrainingStep(
                phase: phase, step: number, loss: 3 / Double(number), learningRate: 1e-4, gradientNorm: 2,
                chosenLogProbability: -20 + Double(number % 7), rejectedLogProbability: rejected, accuracy: ranks ? 0.8 : nil,
                tokens: 100)
        }
    }

    static let input = ReportInput(
        title: "demo", facts: [ReportInput.Setting("Teacher", "a teacher, asked 2,000 times")],
        settings: [ReportInput.Setting("margin", "1.0")],
        hashes: [ReportInput.Setting("prompts", String(repeating: "ab", count: 32))],
        funnel: [ReportInput.Count("prompts", 2000), ReportInput.Count("pairs", 1900)],
        drops: [
            Drop(stage: .teach, id: "p-1", split: .train, state: .truncated, detail: "128 tokens"),
            Drop(stage: .teach, id: "p-2", split: .train, state: .truncated, detail: "128 tokens"),
            Drop(stage: .pair, id: "p-3", split: .train, state: .equalSides, detail: "\"the same\""),
        ].map(LeftOut.init),
        log: steps("warm-up", 500, ranks: false) + steps("round-1", 50, ranks: true) + steps("round-2", 50, ranks: true),
        evaluation: evaluation, stages: [ReportInput.StageTime("teach", seconds: 12.34)])
}
