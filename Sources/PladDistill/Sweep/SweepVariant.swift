import PladRecords

/// A variant of the ranking in a sweep: a name, and its settings.
public struct SweepVariant: Sendable, Equatable {
    /// Name of its runs' folders: letters, digits, `.`, `_` and `-`.
    public var name: String
    /// Settings of its runs. They may differ from the sweep's in `sampling`, `pairing`, `ranking` and `optimiser`.
    public var settings: DistillSettings

    public init(name: String, settings: DistillSettings) {
        self.name = name
        self.settings = settings
    }

    /// Throws `RunError` if there is no variant, or a name occurs twice or is not valid for a folder.
    package static func check(names: [String]) throws {
        guard !names.isEmpty else { throw RunError(.usage, "there is nothing to compare: give `losses` rank,dpo or `variants` FILE") }
        var seen: Set<String> = []
        for name in names {
            guard name.wholeMatch(of: /[A-Za-z0-9][A-Za-z0-9._-]*/) != nil, name != Sweep.base else {
                throw RunError(
                    .usage, "the variant \"\(name)\" names a folder: give letters, digits, . _ and -, and not \(Sweep.base)")
            }
            guard seen.insert(name).inserted else {
                throw RunError(.usage, "the variant \(name) occurs twice; give each a different name")
            }
        }
    }

    /// Throws `RunError` with a setting that the runs of a seed must share: teacher, prompts, student, warm-up.
    func check(against shared: DistillSettings) throws {
        var common = settings
        (common.sampling, common.pairing, common.ranking) = (shared.sampling, shared.pairing, shared.ranking)
        common.optimiser = shared.optimiser
        if let (path, _, _) = try common.difference(from: shared) {
            throw RunError(.usage, "the variant \(name) sets `\(path)`, which the runs of a seed share; leave it out")
        }
    }

    /// The settings of its run under a seed.
    func settings(seed: UInt64, folder: String) -> DistillSettings {
        var settings = settings
        (settings.run.seed, settings.run.folder) = (seed, folder)
        return settings
    }
}
