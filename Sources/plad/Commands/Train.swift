import ArgumentParser
import Foundation
import PladDistill
import PladRecords
import PladStudent
import PladTraining

struct Train: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Train a student on preference pairs, or rank a run's pairs.",
        discussion: """
            With --run, and then no other flag, trains the run's next round by its own settings. Otherwise it reads --pairs, \
            JSON lines {"prompt","chosen","rejected"} or \
            {"prompt_ids","chosen_ids","rejected_ids"} (for --loss sft without the rejected side), and writes a Hugging Face \
            folder with log.jsonl and drops.jsonl beside the weights; with --lora-rank, a PEFT adapter's folder. An \
            interrupted training continues when the command is run again. Two losses read the probabilities of a local --teacher: \
            dpkd, DPKD's of whole texts (arXiv 2406.19774, equation 9), and dpkd-tokens, what its released code computes token by \
            token on the chosen texts.
            """)

    @Option(name: .customLong("run"), help: ArgumentHelp("A run's folder.", valueName: "run"))
    var path: String?

    @Option(help: ArgumentHelp("A Hugging Face model folder, or org/name in the local Hugging Face cache.", valueName: "dir"))
    var student: String?

    @Option(help: ArgumentHelp("The file of pairs, or - for standard input.", valueName: "file"))
    var pairs = "-"

    @OptionGroup var loss: LossOptions
    @OptionGroup var whiteBox: WhiteBoxOptions
    @OptionGroup var optimiser: OptimiserOptions
    @OptionGroup var adapter: AdapterOptions

    @Flag(help: "With an adapter, write the whole student with the adapter merged, not the adapter alone.")
    var merge = false

    @Option(help: "The number of optimiser steps. By default as many as --epochs takes.")
    var steps: Int?

    @Option(help: "The number of passes over the pairs.")
    var epochs = 1.0

    @Option(help: "The reaction to a collapsed ranking: stop, roll back to the last good weights, or do not check.")
    var `guard` = CollapseAction.rollback

    @Option(help: "The seed of the order of the pairs.")
    var seed: UInt64 = 0

    @Option(help: "The number of processor threads. By default all.")
    var threads: Int?

    @Option(help: ArgumentHelp("The number format of the student that is written.", valueName: "type"))
    var dtype = TensorType.f32

    @Option(help: "The seconds between checkpoints.")
    var checkpointSeconds = 60.0

    @Option(help: ArgumentHelp("The folder of the trained student.", valueName: "dir"))
    var out: String?

    @Flag(help: "Print the last step as JSON.")
    var json = false

    func run() async throws {
        if let path {
            try GivenFlags().check("--run", uses: ["run"], "a run is ranked as its own settings say")
            let run = try Run(in: path).locked()
            return try await CancellableWork.run {
                let round = run.nextRound
                let isRanked = try RankStage(run: run, round: round)()
                if !isRanked || round == run.settings.ranking.rounds { try await ChooseStage(run: run)() }
            }
        }
        try await CancellableWork.run { [self] in try trainOnFile() }
    }

    private func trainOnFile() throws {
        if steps != nil { try GivenFlags().refuse(["epochs"], with: "--steps", "the steps say how long it takes") }
        let out = URL(fileURLWithPath: try out.given("out", "the folder of the trained student"), isDirectory: true)
        try OutputFolder.check(out)
        let resolved = loss.loss == DPKDTokenLoss.name ? nil : try loss.settings.resolvedLoss
        try whiteBox.check(for: loss.loss, reads: resolved?.type.reads ?? [])
        let model = try Student(location: student, threads: threads)
        try adapter.settings.attach(to: model, seed: seed)
        let writesAdapter = model.adapter != nil && !merge
        if writesAdapter, dtype != .f32 {
            throw UsageError("--dtype \(dtype.rawValue): an adapter alone is written as f32; add --merge or leave out the flag")
        }
        if merge, model.adapter == nil { throw UsageError("--merge: there is no adapter to merge; add --lora-rank or leave out the flag") }
        guard (0...1e9).contains(checkpointSeconds) else { throw UsageError("--checkpoint-seconds \(checkpointSeconds): give 0 or more") }
        let settings = try settings(for: model, norm: resolved?.norm ?? .mean)
        let (encoded, drops) = try read(model, ranks: resolved?.type.ranks ?? false)
        let (state, references) = (Self.beside(out, "state"), Self.beside(out, "references"))
        let log: [any Encodable]
        if let resolved {
            log = try rank(encoded, model, resolved, settings, state: state, references: references)
        } else {
            log = try distilTokens(encoded, model, settings, state: state)
        }
        if writesAdapter { try model.saveAdapter(to: out) } else { try model.save(to: out, as: dtype) }
        try log.reduce(into: Data()) { $0 += try $1.jsonLine() + Data("\n".utf8) }
            .write(atomicallyTo: out.appendingPathComponent("log.jsonl"))
        try JSONLines.write(drops, to: out.appendingPathComponent("drops.jsonl"))
        try? FileManager.default.removeItem(at: state)
        try? FileManager.default.moveItem(at: references, to: out.appendingPathComponent("references.jsonl"))
        if json, let last = log.last { try Console.result(line: last) }
    }

    /// Trains by a loss of whole completions. Returns the steps.
    private func rank(
        _ encoded: [EncodedGroup], _ model: Student, _ resolved: ResolvedLoss, _ settings: TrainingSettings, state: URL, references: URL
    ) throws -> [TrainingStep] {
        let observer = ConsoleObserver()
        let reference =
            resolved.type.reads.contains(.teacher)
            ? try whiteBox.teacher(of: model, threads: try threadCount(threads), readsPlainText: false).model : model
        let texts = try whiteBox.plainTexts(for: model, observer: observer)
        let trainer = try Trainer(
            student: model,
            pairs: try encoded.prepared(for: resolved.type, student: reference, references: references, observer: observer),
            loss: resolved.loss, settings: settings, phase: self.loss.loss,
            textTerm: texts.isEmpty ? nil : TextTerm(texts: texts, weight: whiteBox.textLambda))
        try trainer.run(state: state, every: checkpointSeconds, observer: observer)
        return trainer.log
    }

    private func settings(for model: Student, norm: Norm) throws -> TrainingSettings {
        let optimiser = optimiser.settings
        let settings = optimiser.training(
            learningRate: optimiser.learningRate ?? OptimiserSettings.usualLearningRate(parameters: model.trainableCount),
            schedule: optimiser.schedule, epochs: epochs, steps: steps, norm: norm, seed: seed, onCollapse: `guard`)
        try settings.validate()
        return settings
    }

    /// A hidden file beside the output, for an unfinished training.
    private static func beside(_ out: URL, _ name: String) -> URL {
        out.deletingLastPathComponent().appendingPathComponent(".\(out.lastPathComponent).\(name)")
    }

    private func read(_ model: Student, ranks: Bool) throws -> ([EncodedGroup], [Drop]) {
        let (data, name) = try Input.read(pairs)
        let encoder = PairEncoder(student: model)
        var (usable, drops): ([EncodedGroup], [Drop]) = ([], [])
        for (index, pair) in try JSONLines.parse(PreferencePair.self, data, name: name, isWritten: true).enumerated() {
            switch try encoder.encode(pair, id: pair.id ?? "line-\(index + 1)", ranks: ranks, stage: .train) {
            case .usable(let encoded): usable.append(encoded)
            case .dropped(let drop): drops.append(drop)
            }
        }
        if let first = drops.first {
            Console.say(
                "train: \(drops.count) of \(usable.count + drops.count) pairs are left out, for example \(first.id): \(first.detail)")
        }
        guard !usable.isEmpty else {
            throw TrainingError(.noPairs, "\(name) holds no pair that can be trained on\(drops.isEmpty ? "" : ": \(drops.countsByReason)")")
        }
        return (usable, drops)
    }
}
