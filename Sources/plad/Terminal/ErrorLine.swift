import ArgumentParser
import Foundation
import PladDistill
import PladRecords

/// The report of a failed command: one line that starts with "plad: ", whatever the error, and the exit status.
struct ErrorLine {
    let line: String
    let status: Int32
    /// True if the error is of the command line's parser.
    var isOfParser = false

    init(_ error: any Error) {
        switch error {
        case let error as RunError where error.missingStage != nil:
            let (stage, folder) = error.missingStage!
            line = "\(error.problem): run plad \(stage) --run \(folder) first"
            status = error.exitStatus.rawValue
        case let failure as any Failure:
            line = SettingFlags.commandLine(failure.message)
            status = failure.exitStatus.rawValue
        case is CancellationError:
            line = Interrupted().message
            status = ExitStatus.interrupted.rawValue
        case EncodingError.invalidValue(let value, let context):
            // Settings are kept as JSON, which has no such numbers.
            let path = context.codingPath.map(\.stringValue).joined(separator: ".")
            line = SettingFlags.commandLine("`\(path)` \(value): give a number that is finite")
            status = ExitStatus.usage.rawValue
        default:
            line = Self.line(ofParser: Plad.fullMessage(for: error))
            status = Plad.exitCode(for: error).rawValue
            isOfParser = true
        }
    }

    /// Joins ArgumentParser's lines "Error: …", "Help: …", "Usage: …" and "See 'plad … --help' for more information." to one.
    private static func line(ofParser text: String) -> String {
        let lines = text.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
        func rest(of label: String) -> String? {
            lines.first { $0.hasPrefix(label) }.map { $0.dropFirst(label.count).trimmingCharacters(in: .whitespaces) }
        }
        var command = rest(of: "See")?.split(separator: "'").first
        var line = NearFlag.suggested(in: rest(of: "Error:") ?? text, given: GivenFlags(), help: Self.help(command))
        // More than a few choices stand on lines of their own.
        if line.hasSuffix("following:") {
            line += " " + lines.filter { $0.hasPrefix("- ") }.map { $0.dropFirst(2) }.joined(separator: ", ")
        }
        if let unknown = NearCommand.complaint(about: Array(CommandLine.arguments.dropFirst())) {
            (line, command) = (unknown.complaint, "\(unknown.command) --help")
        }
        // "Unexpected argument", but neither "The value" of a quotation in it nor a name in capitals.
        if let first = line.first, line.dropFirst().first?.isUppercase != true { line = first.lowercased() + line.dropFirst() }
        if line.hasPrefix("missing"), let help = rest(of: "Help:")?.split(separator: "  ").last { line += ": \(help)" }
        while line.hasSuffix(".") { line.removeLast() }
        guard let command else { return line }
        return line + (line.hasSuffix("?") ? " See " : "; see ") + command
    }

    /// The output of `plad … --help`; empty for another command line, which is not run.
    private static func help(_ command: Substring?) -> String {
        guard let command, command.hasSuffix(" --help") else { return "" }
        do {
            var help = try Plad.parseAsRoot(command.split(separator: " ").dropFirst().map(String.init))
            try help.run()
            return ""
        } catch {
            return Plad.fullMessage(for: error)
        }
    }
}
