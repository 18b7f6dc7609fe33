import ArgumentParser
import Foundation
import PladRecords
import PladTraining

/// One way to rank, of those that a sweep compares: a name, and the settings in which it differs from the others.
struct SweepVariant {
    var name: String
    var settings: [String: JSONValue]

    /// Losses by their names, then the variants of a YAML file that maps each name to flags without dashes.
    ///
    /// Throws `UsageError` where there are none, a name stands twice or is no name for a folder.
    static func read(losses: String?, file: String?) throws -> [SweepVariant] {
        let names = (losses ?? "").split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
        var variants = try names.map { name in
            _ = try Losses.named(name)
            return SweepVariant(name: name, settings: ["loss": .string(name)])
        }
        if let file { variants += try read(file) }
        guard !variants.isEmpty else {
            throw UsageError("there is nothing to compare: give --losses rank,dpo or --variants FILE")
        }
        var seen: Set<String> = []
        for variant in variants {
            guard variant.name.wholeMatch(of: /[A-Za-z0-9][A-Za-z0-9._-]*/) != nil, variant.name != Sweep.base else {
                throw UsageError("the variant \"\(variant.name)\" names a folder: give letters, digits, . _ and -, and not \(Sweep.base)")
            }
            guard seen.insert(variant.name).inserted else {
                throw UsageError("the variant \(variant.name) stands twice; give each a name of its own")
            }
        }
        return variants
    }

    private static func read(_ file: String) throws -> [SweepVariant] {
        let url = URL(fileURLWithPath: file)
        let settings =
            try YAMLFile.read([String: [String: JSONValue]?]?.self, from: url, hint: "write \"name: {flag: value}\" a line") ?? [:]
        // A mapping's order is the order of the rows.
        return try YAMLFile.keys(in: url).map { SweepVariant(name: $0.name, settings: (settings[$0.name] ?? [:]) ?? [:]) }
    }

    /// The settings of a run of this variant: the sweep's, with this variant's in their place.
    ///
    /// A variant with a loss of its own takes none of the sweep's numbers for the loss, which are another loss's.
    /// Throws `UsageError` that names a setting which the runs of a seed share.
    func options(_ shared: DistillOptions, out: String) throws -> DistillOptions {
        var values = try Settings(shared).values
        if let loss = settings["loss"], loss != values["loss"] {
            for key in LossParameter.allCases.map(\.rawValue) + ["norm"] { values[key] = nil }
        }
        values.merge(settings) { $1 }
        values["out"] = .string(out)
        let options: DistillOptions
        do {
            options = try Settings(values: values).options()
        } catch let failure as any Failure {
            throw failure
        } catch {
            throw UsageError("the variant \(name): \(DistillOptions.message(for: error))")
        }
        if let (flag, _, _) = try Self.common(options).difference(from: Self.common(shared)) {
            throw UsageError("the variant \(name) sets --\(flag), which the runs of a seed share; leave it out")
        }
        return options
    }

    /// What the runs of one seed have in common: teacher, prompts, student, warm-up.
    private static func common(_ options: DistillOptions) throws -> Settings {
        let groups = [
            try Settings(options.teacher), try Settings(options.prompts), try Settings(options.student), try Settings(options.warmUp),
            try Settings(options.adapter), try Settings(options.evaluation), try Settings(options.run),
        ]
        return Settings(values: groups.reduce(into: [:]) { $0.merge($1.values) { $1 } })
    }
}
