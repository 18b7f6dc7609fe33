import PladRecords

/// One way to rank, of those that a sweep compares: a name, and its settings.
public struct SweepVariant: Sendable, Equatable {
    /// The name of its runs' folders: letters, digits, `.`, `_` and `-`.
    public var name: String
    /// The settings of its runs. They may differ from the sweep's in `sampling`, `pairing`, `ranking` and `optimiser`.
    public var settings: DistillSettings

    public init(name: String, settings: DistillSettings) {
        self.name = name
        self.settings = settings
    }

    /// Throws `RunError` where there is no variant, a name stands twice or is no name for a folder.
    package static func check(names: [String]) throws {
        guard !names.isEmpty else { throw RunError(.usage, "there is nothing to compare: give `losses` rank,dpo or `variants` FILE") }
        var seen: Set<String> = []
        for name in names {
            guard name.wholeMatch(of: /[A-Za-z0-9][A-Za-z0-9._-]*/) != nil, name != Sweep.base else {
                throw RunError(
                    .usage, "the variant \"\(name)\" names a folder: give letters, digits, . _ and -, and not \(Sweep.base)")
            }
            guard seen.insert(name).inserted else {
                throw RunError(.usage, "the variant \(name) stands twice; give each a name of its own")
            }
        }
    }

    /// Throws `RunError` that names a setting which the runs of a seed share: teacher, prompts, student, warm-up.
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
