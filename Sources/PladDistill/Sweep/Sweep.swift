import Foundation
import PladRecords

/// A sweep of ranking variants over several seeds: one set of the teacher's completions, one warm-up for each seed, a run for each
/// variant.
///
/// Under the settings' folder, `seed-N/base` holds the completions, the warmed-up student and its samples; `seed-N/NAME` is an ordinary
/// run for each variant. A sweep that is started again continues where it stopped.
public struct Sweep: Sendable {
    /// Name of the run that the others of a seed start from.
    package static let base = "base"

    private let settings: DistillSettings
    private let variants: [SweepVariant]
    private let seeds: [UInt64]
    private let against: String
    private let observer: any RunObserver
    private let out: String

    /// - Parameters:
    ///   - settings: settings that the runs share; its folder is that of the runs.
    ///   - against: student that the others are compared with, seed by seed: `warm-up`, `initial` or a variant.
    ///
    /// Throws all errors of invalid settings before the first run starts.
    public init(
        _ settings: DistillSettings, variants: [SweepVariant], seeds: [UInt64], against: String = "warm-up",
        observer: any RunObserver = SilentObserver()
    ) throws {
        out = try settings.run.folder.required("run.folder", "the folder of the runs")
        try SweepVariant.check(names: variants.map(\.name))
        guard (["warm-up", "initial"] + variants.map(\.name)).contains(against) else {
            throw RunError(.usage, "`against` \(against): choose warm-up, initial or one of the variants")
        }
        guard !seeds.isEmpty, Set(seeds).count == seeds.count else { throw RunError(.usage, "`seeds`: give each seed once") }
        for variant in variants {
            try variant.check(against: settings)
            _ = try variant.settings.ranking.resolvedLoss
            _ = try variant.settings.pairing.rules
        }
        self.settings = settings
        self.variants = variants
        self.seeds = seeds
        self.against = against
        self.observer = observer
    }

    /// Runs every variant under every seed and writes `sweep.jsonl`.
    public func callAsFunction() async throws -> SweepResult {
        var measured = (["initial", "warm-up"] + variants.map(\.name)).map { SweepResult.Student(name: $0) }
        for seed in seeds {
            var shared = settings
            shared.run.seed = seed
            shared.run.folder = "\(out)/seed-\(seed)/\(Sweep.base)"
            let base = try Run(shared, observer: observer)
            try await base.timed("teach") { try await TeachStage(run: base)() }
            try await base.timed("warm-up") { try await WarmUpStage(run: base)() }
            try await base.timed("sample") { try SampleStage(run: base, round: 1)() }
            var earlier: [Run] = []
            for (index, variant) in variants.enumerated() {
                observer.notice("sweep", "seed \(seed), \(variant.name)")
                let run = try Run(
                    variant.settings(seed: seed, folder: "\(out)/seed-\(seed)/\(variant.name)"), observer: observer)
                try run.begin(from: base)
                if let like = earlier.first(where: { $0.measuresLike(run) }) { try run.takeMeasurements(from: like) }
                earlier.append(run)
                guard let evaluation = try await run.rank() else {
                    throw RunError(
                        .usage,
                        "no prompts are held out (`prompts.held_out_share`, `prompts.held_out_file`), so there is nothing to compare")
                }
                let values = try SweepMeasure.values(of: run, evaluation)
                // The students before ranking are the same for all the runs of a seed.
                if index == 0 { for early in 0..<2 { measured[early].runs.append(values[measured[early].name] ?? [:]) } }
                measured[index + 2].runs.append(values["ranked"] ?? [:])
                if evaluation.rollback != nil { measured[index + 2].rolledBack.append(seed) }
            }
        }
        let result = SweepResult(measured, seeds: seeds, against: against)
        try JSONLines.write(result.rows, to: URL(fileURLWithPath: out, isDirectory: true).appendingPathComponent("sweep.jsonl"))
        return result
    }
}

extension Run {
    /// Links another run's completions and warmed-up student, and its samples if they are drawn as in this run.
    ///
    /// Files are linked, not copied, since a stage never changes a file, but replaces it.
    fileprivate func begin(from base: Run) throws {
        let (mine, theirs) = (folder, base.folder)
        var files: [URL] = []
        if !mine.holdsStudent(mine.checkpoint("warm-up")) {
            let warmUp = theirs.checkpoint("warm-up")
            let names = try FileManager.default.contentsOfDirectory(atPath: warmUp.path).sorted { a, _ in a != "model.safetensors" }
            files += [theirs.teacher, theirs.log, theirs.drops] + names.map { warmUp.appendingPathComponent($0) }
        }
        if !Files.exists(mine.samples), settings.sampling.isDrawnLike(base.settings.sampling),
            settings.pairing.negativesFrom == base.settings.pairing.negativesFrom,
            settings.pairing.initialShares == base.settings.pairing.initialShares
        {
            files.append(theirs.samples)
        }
        try link(files, from: theirs)
    }

    /// True if students that both runs have are measured alike in both: with the same samples and scores.
    fileprivate func measuresLike(_ other: Run) -> Bool {
        settings.sampling.isDrawnLike(other.settings.sampling) && settings.ranking.norm == other.settings.ranking.norm
    }

    /// Links another run's measurements of the students before the ranking.
    fileprivate func takeMeasurements(from other: Run) throws {
        let theirs = other.folder
        try link(
            ["initial", "warm-up"].flatMap { [theirs.measurements($0), theirs.choosing($0)] } + [theirs.heldOutSamples], from: theirs)
    }

    private func link(_ files: [URL], from theirs: RunFolder) throws {
        let mine = folder
        for file in files where Files.exists(file) {
            let place = mine.url.appendingPathComponent(String(file.path.dropFirst(theirs.url.path.count + 1)))
            try Files.makeFolder(place.deletingLastPathComponent())
            try? FileManager.default.removeItem(at: place)
            do {
                try FileManager.default.linkItem(at: file, to: place)
            } catch {
                try Data(reading: file).write(atomicallyTo: place)
            }
        }
    }
}

extension SamplingSettings {
    /// True if a prompt's samples are the same with both settings; the number of unpaid prompts does not matter.
    fileprivate func isDrawnLike(_ other: SamplingSettings) -> Bool {
        var own = self
        own.unpaidLimit = other.unpaidLimit
        return own == other
    }
}
