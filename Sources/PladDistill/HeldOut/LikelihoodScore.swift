import PladEvaluation
import PladRecords
import PladStudent
import PladTraining

/// The log-probability per token of completions under a judging model, nats.
final class LikelihoodScore {
    private let student: Student
    private let encoder: PairEncoder
    private let wording: PromptWording
    private let prompts: [String: Prompt]
    private var known: [[String]: Double?] = [:]

    init(run: Run, student: Student) {
        self.student = student
        encoder = PairEncoder(student: student)
        wording = run.wording
        prompts = Dictionary(run.prompts(run.reported).map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// The score of a measurement's completion; nil if prompt and completion exceed the model's context.
    func callAsFunction(_ measurement: HeldOutMeasurement) throws -> Double? {
        let key = [measurement.id, measurement.answer]
        if let score = known[key] { return score }
        try Task.checkCancellation()
        let score = try score(measurement)
        known[key] = score
        return score
    }

    private func score(_ measurement: HeldOutMeasurement) throws -> Double? {
        guard let prompt = prompts[measurement.id] else { return nil }
        let ids = try wording.student(prompt, student.tokenizer).ids
        let completion = encoder.encodeCompletion(measurement.answer, isWhole: true)
        guard !ids.isEmpty, !completion.isEmpty, student.configuration.fits(prompt: ids.count, completion: completion.count) else {
            return nil
        }
        let tokens = try student.logProbabilities(of: [PromptTree(prompt: ids, continuations: [completion])])[0][0]
        return tokens.reduce(0) { $0 + Double($1) } / Double(tokens.count)
    }
}
