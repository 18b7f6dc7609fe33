import ArgumentParser
import Foundation
import PladRecords

struct Sweep: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Compare losses over several seeds: one teacher's answers, one warm-up a seed, a run for each loss.",
        discussion: """
            Takes the settings of plad distill. Under --out, seed-N/\(Sweep.base) holds the answers, the warmed-up student and its \
            samples; seed-N/NAME is an ordinary run for each of --losses and --variants. The same command given again goes on where it \
            stopped. A variants file maps names to flags: "soda: {loss: dpo, negatives-from: initial}"; a variant with a loss of its own \
            takes none of the numbers given here for the loss. The optimiser's settings are the same for all unless a variant says otherwise.
            """)

    /// The run that the others of a seed begin from.
    static let base = "base"

    @Option(help: ArgumentHelp("Losses to compare, with their own settings: rank,dpo,simpo.", valueName: "names"))
    var losses: String?

    @Option(help: ArgumentHelp("A YAML file of variants, each a name with the flags in which it differs.", valueName: "file"))
    var variants: String?

    @Option(help: ArgumentHelp("Seeds of the runs.", valueName: "numbers"))
    var seeds = "1,2,3,4,5"

    @Option(help: "The student that the others are compared with, seed by seed: warm-up, initial or a variant.")
    var against = "warm-up"

    @OptionGroup var options: DistillOptions

    func run() async throws {
        let out = try options.run.out.required("out", "the folder of the runs")
        let variants = try SweepVariant.read(losses: losses, file: variants)
        guard (["warm-up", "initial"] + variants.map(\.name)).contains(against) else {
            throw UsageError("--against \(against): choose warm-up, initial or one of the variants")
        }
        let seeds = try seedNumbers()
        // Whatever a run would refuse is refused before the first one begins.
        for variant in variants {
            var options = try variant.options(options, out: out)
            try options.ranking.loss.fill()
            _ = try options.pairing.rules()
        }
        var measured = (["initial", "warm-up"] + variants.map(\.name)).map { SweepResult.Student(name: $0) }
        for seed in seeds {
            var shared = options
            shared.run.seed = seed
            shared.run.out = "\(out)/seed-\(seed)/\(Sweep.base)"
            shared.run.json = false
            let base = try Run(shared)
            try await base.timed("teach") { try await TeachStage(run: base)() }
            try await base.timed("warm-up") { try WarmUpStage(run: base)() }
            try await base.timed("sample") { try SampleStage(run: base, round: 1)() }
            for (index, variant) in variants.enumerated() {
                Console.say("\nsweep      seed \(seed), \(variant.name)")
                let run = try Run(try variant.options(shared, out: "\(out)/seed-\(seed)/\(variant.name)"))
                try run.begin(from: base)
                guard let evaluation = try await run.rank() else {
                    throw UsageError("no prompts are held out (--held-out, --valid), so there is nothing to compare")
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
        if options.run.json {
            for row in result.rows { try Console.result(line: row) }
        } else {
            Console.result(result.table)
        }
    }

    private func seedNumbers() throws -> [UInt64] {
        let numbers = try seeds.split(separator: ",").map { text in
            guard let number = UInt64(text.trimmingCharacters(in: .whitespaces)) else {
                throw UsageError("--seeds \(seeds): give whole numbers with commas between them")
            }
            return number
        }
        guard !numbers.isEmpty, Set(numbers).count == numbers.count else { throw UsageError("--seeds \(seeds): give each seed once") }
        return numbers
    }
}

extension Run {
    /// Takes over another run's answers and warmed-up student, and its samples where they were drawn as this run draws them.
    ///
    /// Files are linked, not copied: a stage never changes a file, it puts another in its place.
    fileprivate func begin(from base: Run) throws {
        let (mine, theirs) = (folder, base.folder)
        var files: [URL] = []
        if !mine.holdsStudent(mine.checkpoint("warm-up")) {
            let warmUp = theirs.checkpoint("warm-up")
            let names = try FileManager.default.contentsOfDirectory(atPath: warmUp.path).sorted { a, _ in a != "model.safetensors" }
            files += [theirs.teacher, theirs.log, theirs.drops] + names.map { warmUp.appendingPathComponent($0) }
        }
        if !Files.exists(mine.samples), try Settings(options.sampling) == Settings(base.options.sampling),
            options.pairing.negativesFrom == base.options.pairing.negativesFrom
        {
            files.append(theirs.samples)
        }
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
