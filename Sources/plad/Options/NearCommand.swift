import ArgumentParser

/// Suggests the command that an unknown word such as `distil` probably means.
enum NearCommand {
    /// The error about the first word that is not a command, with the nearest command if there is one, and the command whose help lists
    /// them; nil if every word is a command. A leading `help` is passed over: `plad help distil`.
    static func complaint(about arguments: [String]) -> (complaint: String, command: String)? {
        var (command, path): (any ParsableCommand.Type, [String]) = (Plad.self, [Plad._commandName])
        for word in arguments.first == "help" ? arguments.dropFirst() : arguments[...] {
            let configuration = command.configuration
            let known = configuration.subcommands + configuration.groupedSubcommands.flatMap(\.subcommands)
            guard !known.isEmpty, !word.hasPrefix("-"), word != "help" else { return nil }
            guard let next = known.first(where: { $0._commandName == word || $0.configuration.aliases.contains(word) }) else {
                let near = NearFlag.nearest(to: word, among: known.map { $0._commandName })
                return ("Unknown command '\(word)'" + (near.map { ". Did you mean '\($0)'?" } ?? ""), path.joined(separator: " "))
            }
            command = next
            path.append(word)
        }
        return nil
    }
}
