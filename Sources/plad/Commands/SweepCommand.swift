import ArgumentParser
import Foundation
import PladDistill
import PladRecords
import PladTraining

struct SweepCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sweep",
        abstract:
            "Compare losses over several seeds: one set of the teacher's completions, one warm-up for each seed, a run for each loss.",
        discussion: """
            Takes the settings of plad distill. Under --out, seed-N/\(Sweep.base) holds the completions, the warmed-up \
            student and its samples; seed-N/NAME is an ordinary run for each of --losses and --variants. The same command run \
            again continues where it stopped. A variants file maps names to flags: "soda: {loss: dpo, negatives-from: \
            initial}"; a variant with its own loss ignores the loss parameters given here. The optimiser's settings are the \
            same for all unless a variant says otherwise.
            """)

    @Option(help: ArgumentHelp("Losses to compare, with their own settings: rank,dpo,simpo.", valueName: "names"))
    var losses: String?

    @Option(help: ArgumentHelp("A YAML file of variants, each a name with the flags that differ.", valueName: "file"))
    var variants: String?

    @Option(help: ArgumentHelp("The seeds of the runs.", valueName: "numbers"))
    var seeds = "1,2,3,4,5"

    @Option(help: "The student that the others are compared with, seed by seed: warm-up, initial or a variant.")
    var against = "warm-up"

    @OptionGroup var options: DistillOptions

    func run() async throws {
        try GivenFlags().refuse(["seed"], with: "plad sweep", "its runs have the seeds of --seeds")
        CoreDumps.switchOff()
        let settings = try options.settings
        _ = try settings.run.folder.given("out", "the folder of the runs")
        let named = try VariantFile.variants(losses: losses, file: variants)
        try SweepVariant.check(names: named.map(\.name))
        let sweep = try Sweep(
            settings, variants: try named.map { try $0.variant(of: settings) }, seeds: try seedNumbers(), against: against,
            observer: ConsoleObserver())
        let result = try await CancellableWork.run { try await sweep() }
        if options.run.json {
            for row in result.rows { try Console.result(line: row) }
        } else {
            Console.result(SettingFlags.commandLine(result.table))
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

/// A variant of a sweep as a person writes it: a name, and the flags that differ from the others'.
struct VariantFile {
    var name: String
    var flags: [String: JSONValue]

    /// The losses by name, then the variants of a YAML file that maps each name to flags without dashes.
    static func variants(losses: String?, file: String?) throws -> [VariantFile] {
        let names = (losses ?? "").split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
        let named = try names.map { name in
            _ = try Losses.named(name)
            return VariantFile(name: name, flags: ["loss": .string(name)])
        }
        return try named + (file.map { try read($0) } ?? [])
    }

    private static func read(_ file: String) throws -> [VariantFile] {
        let url = URL(fileURLWithPath: file)
        let flags = try YAMLFile.read([String: [String: JSONValue]?]?.self, from: url, hint: "write \"name: {flag: value}\" a line") ?? [:]
        // A mapping's order is the order of the rows.
        return try YAMLFile.keys(in: url).map { VariantFile(name: $0.name, flags: (flags[$0.name] ?? [:]) ?? [:]) }
    }

    /// The variant of these settings: the sweep's, overridden by this variant's flags.
    ///
    /// A variant with its own loss ignores the sweep's loss parameters, which are for another loss.
    func variant(of shared: DistillSettings) throws -> SweepVariant {
        var values = try SettingFlags.values(of: shared)
        if let loss = flags["loss"], loss != values["loss"] {
            for key in LossParameter.allCases.map(\.rawValue) + ["norm"] { values[key] = nil }
        }
        values.merge(flags) { $1 }
        do {
            let options = try DistillOptions.parse(try ConfigFile.arguments(for: values))
            return SweepVariant(name: name, settings: try options.settings)
        } catch let failure as any Failure {
            throw failure
        } catch {
            throw UsageError("the variant \(name): \(DistillOptions.message(for: error))")
        }
    }
}
