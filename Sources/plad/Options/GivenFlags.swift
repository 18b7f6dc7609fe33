/// The flags that stand on the command line, whatever their values: no mode of a command takes one that it does not use.
struct GivenFlags {
    /// Without dashes, in their order.
    private let names: [String]

    /// - Parameter arguments: those of this process; what follows a lone `--` is no flag.
    init(_ arguments: [String] = CommandLine.arguments) {
        names = arguments.prefix { $0 != "--" }.compactMap { argument in
            guard argument.hasPrefix("--") else { return nil }
            return String(argument.dropFirst(2).prefix { $0 != "=" })
        }
    }

    /// The first flag that is none of these; nil where all are.
    func first(notIn flags: [String]) -> String? { names.first { !flags.contains($0) } }

    /// Throws `UsageError` that names the first flag which a mode does not use.
    ///
    /// - Parameters:
    ///   - used: the flags of the mode, the one that chooses it among them.
    ///   - mode: the flag or words that choose it.
    ///   - reason: what the mode uses instead.
    func check(_ mode: String, uses used: Set<String>, _ reason: String) throws {
        guard let other = names.first(where: { !used.contains($0) }) else { return }
        throw UsageError("--\(other) does not go with \(mode): \(reason); leave it out")
    }

    /// Throws `UsageError` that names the first of these flags that is given, which a mode does not use.
    func refuse(_ unused: Set<String>, with mode: String, _ reason: String) throws {
        guard let other = names.first(where: unused.contains) else { return }
        throw UsageError("--\(other) does not go with \(mode): \(reason); leave it out")
    }
}
