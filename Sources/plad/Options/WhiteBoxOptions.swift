import ArgumentParser
import Foundation
import PladDistill
import PladRecords
import PladStudent
import PladTraining

/// The flags of losses that read a local teacher's probabilities: dpkd and dpkd-tokens.
struct WhiteBoxOptions: ParsableArguments {
    private static let flags: Set = ["teacher", "texts", "text-lambda", "kd-ratio"]

    @Option(
        help: ArgumentHelp(
            "The teacher of dpkd and dpkd-tokens: a Hugging Face model folder with the student's tokenizer.", valueName: "dir"))
    var teacher: String?

    @Option(
        help: ArgumentHelp(
            "Plain text whose likelihood is kept beside dpkd or dpkd-tokens: JSON lines {\"text\"}, or a text a line.", valueName: "file"))
    var texts: String?

    @Option(help: "The weight of the plain text beside dpkd or dpkd-tokens (the paper's lambda).")
    var textLambda = 0.5

    @Option(help: "The share of the distillation in dpkd-tokens; the chosen text's likelihood has the rest.")
    var kdRatio = 0.5

    /// Throws `UsageError` where the flags do not fit the loss.
    func check(for loss: String, reads: LossInput) throws {
        let isToken = loss == DPKDTokenLoss.name
        guard isToken || reads.contains(.teacher) else {
            return try GivenFlags().refuse(Self.flags, with: "--loss \(loss)", "it reads no teacher's probabilities")
        }
        _ = try teacher.given("teacher", "the folder of the model that \(loss) reads the probabilities of")
        if texts == nil { try GivenFlags().refuse(["text-lambda"], with: "--loss \(loss) without --texts", "there is no plain text") }
        guard textLambda > 0, textLambda <= 1e9 else { throw UsageError("--text-lambda \(textLambda): give a number above 0") }
        guard isToken else { return try GivenFlags().refuse(["kd-ratio"], with: "--loss \(loss)", "it has no share") }
        guard (0...1).contains(kdRatio) else { throw UsageError("--kd-ratio \(kdRatio): give a share from 0 to 1") }
        try GivenFlags().refuse(
            ["margin", "lambda", "gamma", "alpha", "scale", "norm", "guard", "learning-rate-warm-up"], with: "--loss \(loss)",
            "it takes --beta and --kd-ratio")
    }

    /// The teacher, with the digest of its files; its vocabulary is the student's.
    func teacher(of student: Student, threads: Int, readsPlainText: Bool) throws -> (model: Student, digest: String) {
        let folder = try StudentLocation.resolve(teacher ?? "")
        let model = try Student(teacher: folder, threads: threads, readsPlainText: readsPlainText)
        try TokenSpellings(model.tokenizer, count: model.configuration.vocabularySize).require(student, teacher: "the teacher")
        return (model, try StudentLocation.digest(folder))
    }

    /// The plain texts; none without --texts.
    func plainTexts(for student: Student, observer: any RunObserver) throws -> [EncodedText] {
        guard let texts else { return [] }
        guard !student.configuration.hasEncoder else {
            throw UsageError("--texts: the student has an encoder, and plain text has no prompt for one to read; leave it out")
        }
        return try WhiteBoxTexts.read(texts, for: student, window: nil, hasWindow: false, observer: observer).texts
    }
}
