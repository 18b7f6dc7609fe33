import ArgumentParser
import Foundation
import PladDistill
import PladRecords
import PladStudent
import PladTraining

struct Pretrain: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Train a student on plain text, alone or with a teacher's distributions.",
        discussion: """
            The loss is (1 - alpha) times the language model's and alpha times the one between the teacher's truncated distribution and the \
            student's: pre-training distillation (arXiv 2410.16215). The teacher is a file by plad logits, or a model that computes \
            beside the student (--teacher). Without either it is plain language modelling. With a teacher smaller than the student, \
            --alpha linear:1 --tau 2 --student-tau 2 --kd-scale 4 is knowledge inheritance (arXiv 2105.13880): alpha falls to 0. Writes a \
            Hugging Face folder with log.jsonl beside the weights; an interrupted training goes on when the command is run again.
            """)

    @Option(
        help: ArgumentHelp(
            "A Hugging Face model folder, or org/name in the local Hugging Face cache. plad init makes one from nothing.", valueName: "dir")
    )
    var student: String?

    @Option(help: ArgumentHelp("JSON lines {\"text\"}, or plain text, a text a line.", valueName: "file"))
    var texts: String

    @Option(help: ArgumentHelp("Texts whose nats per token are told now and then; in the format of --texts.", valueName: "file"))
    var valid: String?

    @OptionGroup var distillation: DistributionOptions
    @OptionGroup var optimiser: PretrainingOptions

    @Option(help: "The largest number of tokens of a text; longer ones are cut. By default a text longer than the context is an error.")
    var window: Int?

    @Option(help: "The number of optimiser steps. By default as many as --epochs takes.")
    var steps: Int?

    @Option(help: "The number of passes over the texts.")
    var epochs = 1.0

    @Option(help: "The seed of the order of the texts.")
    var seed: UInt64 = 0

    @Option(help: "The number of processor threads. By default all.")
    var threads: Int?

    @Option(help: ArgumentHelp("The number format of the student that is written.", valueName: "type"))
    var dtype = TensorType.f32

    @Option(help: "The seconds between checkpoints.")
    var checkpointSeconds = 60.0

    @Option(help: ArgumentHelp("The folder of the trained student.", valueName: "dir"))
    var out: String

    @Flag(help: "Print the last step as JSON.")
    var json = false

    func run() async throws { try await CancellableWork.run { [self] in try train() } }

    private func train() throws {
        if steps != nil { try GivenFlags().refuse(["epochs"], with: "--steps", "the steps say how long it takes") }
        guard (0...1e9).contains(checkpointSeconds) else { throw UsageError("--checkpoint-seconds \(checkpointSeconds): give 0 or more") }
        let folder = URL(fileURLWithPath: out, isDirectory: true)
        try OutputFolder.check(folder)
        try distillation.check()
        let (settings, observer) = (try settings, ConsoleObserver())
        try settings.validate()
        let model = try Student(location: student, threads: threads)
        let read = try WhiteBoxTexts.read(texts, for: model, window: window, observer: observer)
        if read.short > 0 { Console.stage("pretrain", "\(read.short) texts have fewer than two tokens and are left out") }
        if read.repeated > 0 { Console.stage("pretrain", "\(read.repeated) texts stand there twice and are read once") }
        let trainer = try PretrainingTrainer(
            student: model, texts: read.texts,
            knowledge: try distillation.knowledge(for: model, texts: read.texts, threads: try threadCount(threads)), settings: settings)
        if let valid {
            trainer.heldOut = HeldOutLoss(texts: try WhiteBoxTexts.read(valid, for: model, window: window, observer: observer).texts)
        }
        let state = folder.deletingLastPathComponent().appendingPathComponent(".\(folder.lastPathComponent).state")
        try trainer.run(state: state, every: checkpointSeconds, observer: observer)
        try model.save(to: folder, as: dtype)
        try JSONLines.write(trainer.log, to: folder.appendingPathComponent("log.jsonl"))
        try? FileManager.default.removeItem(at: state)
        if json, let last = trainer.log.last { try Console.result(line: last) }
    }

    private var settings: PretrainingSettings {
        get throws {
            var settings = PretrainingSettings()
            (settings.steps, settings.epochs, settings.seed) = (steps, epochs, seed)
            optimiser.fill(&settings)
            try distillation.fill(&settings)
            return settings
        }
    }
}
