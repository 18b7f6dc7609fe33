/// The flags on the command line, without their values, by which a mode refuses flags that it does not use.
struct GivenFlags {
    /// Names without dashes, in order.
    private let names: [String]

    /// - Parameter arguments: arguments of this process; those after a lone `--` are not flags.
    init(_ arguments: [String] = CommandLine.arguments) {
        names = arguments.prefix { $0 != "--" }.compactMap { argument in
            guard argument.hasPrefix("--") else { return nil }
            return String(argument.dropFirst(2).prefix { $0 != "=" })
        }
    }

    /// The first flag that is not one of these; nil if there is none.
    func first(notIn flags: [String]) -> String? { names.first { !flags.contains($0) } }

    /// Throws `UsageError` with the first flag that a mode does not use.
    ///
    /// - Parameters:
    ///   - used: flags of the mode, including the one that selects it.
    ///   - mode: flag or words that select it.
    ///   - reason: the mode's alternative to the flag.
    func check(_ mode: String, uses used: Set<String>, _ reason: String) throws {
        guard let other = names.first(where: { !used.contains($0) }) else { return }
        throw UsageError("--\(other) does not go with \(mode): \(reason); leave it out")
    }

    /// Throws `UsageError` with the first of these flags that is given although the mode does not use it.
    func refuse(_ unused: Set<String>, with mode: String, _ reason: String) throws {
        guard let other = names.first(where: unused.contains) else { return }
        throw UsageError("--\(other) does not go with \(mode): \(reason); leave it out")
    }
}
