import ArgumentParser

/// The command that is meant by a word which names none, such as `distil`.
enum NearCommand {
    /// The complaint about the first word that should name a command and does not, with the near one if there is any, and the command
    /// whose help lists them; nil where every word names one.
    static func complaint(about arguments: [String]) -> (complaint: String, command: String)? {
        var (command, path): (any ParsableCommand.Type, [String]) = (Plad.self, [Plad._commandName])
        for word in arguments {
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
