import ArgumentParser
import Foundation
import PladDistill
import PladStudent
import PladTraining

/// The flags of a teacher whose distributions a student learns.
struct DistributionOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The teacher's distributions: a file by plad logits over the same texts.", valueName: "file"))
    var logits: String?

    @Option(help: ArgumentHelp("A teacher that computes beside the student, in place of --logits.", valueName: "dir"))
    var teacher: String?

    @Option(help: "The share of the probability that the teacher's kept tokens reach. By default the file's, or 0.95.")
    var topP: Double?

    @Option(help: "The largest number of the teacher's tokens at a position. By default the file's, or 50.")
    var topK: Int?

    @Option(
        help: ArgumentHelp("The loss between the distributions: \(DistributionLosses.names.joined(separator: ", ")).", valueName: "loss"))
    var kd = ForwardKL.name

    @Option(help: "The temperature of the teacher's distribution: it is softmax(truncated logits / tau).")
    var tau = 1.0

    @Option(help: "The temperature of the student's distribution in the distillation.")
    var studentTau = 1.0

    @Option(help: "The factor on the loss between the distributions: tau squared where both temperatures are tau.")
    var kdScale = 1.0

    @Option(help: "The share of the other distribution in skewed-kld and skewed-reverse-kld.")
    var skew = 0.1

    @Option(
        help: """
            The share of the distillation in the loss, as a number or with its course over the steps: constant:0.9, linear:1 (down to 0), \
            cosine:1, or wsd:0.9 (up over 10 % of the steps, down over the last 1 %). By default 0.9 with a teacher, 0 without.
            """)
    var alpha: String?

    func check() throws {
        if logits != nil, teacher != nil {
            throw UsageError("--teacher does not go with --logits: one of them is the teacher; leave one out")
        }
        if logits == nil, teacher == nil {
            try GivenFlags().refuse(
                ["top-p", "top-k", "kd", "tau", "student-tau", "kd-scale", "skew"], with: "plain text alone", "there is no teacher")
        }
    }

    func fill(_ settings: inout PretrainingSettings) throws {
        settings.distillation = kd
        (settings.teacherTemperature, settings.studentTemperature) = (tau, studentTau)
        (settings.distillationScale, settings.skew) = (kdScale, skew)
        let usual = logits == nil && teacher == nil ? "0" : "0.9"
        guard let course = Course(alpha ?? usual) else {
            throw UsageError(
                "--alpha \(alpha ?? ""): give a number from 0 to 1, or constant, linear, cosine or wsd with one, such as wsd:0.9")
        }
        settings.alpha = course
    }

    /// The teacher's distributions for a student; nil without a teacher. Every text's are there, or it is an error.
    func knowledge(for student: Student, texts: [EncodedText], threads: Int) throws -> (any TeacherKnowledge)? {
        if let logits {
            let file = try LogitsFile(URL(fileURLWithPath: logits))
            let kept = file.header.truncation
            let stored = try StoredKnowledge(
                file, truncation: Truncation(topP: topP ?? kept.topP, topK: topK ?? kept.topK), student: student)
            try stored.check(texts)
            return stored
        }
        guard let teacher else { return nil }
        let folder = try StudentLocation.resolve(teacher)
        let usual = Truncation()
        return try OnlineKnowledge(
            teacher: Student(teacher: folder, threads: threads), digest: StudentLocation.digest(folder),
            truncation: Truncation(topP: topP ?? usual.topP, topK: topK ?? usual.topK), student: student)
    }
}

/// The flags of the optimiser of a training on plain text.
struct PretrainingOptions: ParsableArguments {
    @Option(help: "AdamW's learning rate, at its highest.")
    var learningRate = 1e-3

    @Option(
        help:
            "The course of the learning rate: constant, linear or cosine down to 0, or wsd (up over 10 % of the steps, down over the last 1 %)."
    )
    var schedule = Course.Shape.wsd

    @Option(help: "The number of texts in an optimiser step.")
    var batchSize = 32

    @Option(help: "AdamW's weight decay.")
    var weightDecay = 0.0

    @Option(help: "The largest norm of the gradient; larger ones are clipped. 0 for no clipping.")
    var clip = 1.0

    @Option(help: "The largest number of token rows in one pass; bounds memory, not the batch.")
    var rowsPerPass = 2048

    func fill(_ settings: inout PretrainingSettings) {
        settings.learningRate = Course(schedule, most: learningRate)
        (settings.batchSize, settings.weightDecay) = (batchSize, weightDecay)
        (settings.clip, settings.rowsPerPass) = (clip, rowsPerPass)
    }
}
