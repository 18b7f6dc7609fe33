import Foundation
import PladRecords

/// A file of settings: a YAML mapping whose keys are the long flags without their dashes.
///
/// Its settings are inserted as flags before those of the command line, so that the latter override them, and every flag can be in a
/// file without further code.
struct ConfigFile {
    /// Commands whose `--config` names such a file.
    private static let commands: Set = ["distill", "teach", "sweep"]

    private var path = ""
    private var settings: [String: JSONValue] = [:]
    /// Line of each setting in the file, from 1.
    private var lines: [String: Int] = [:]
    /// Arguments before a `--`.
    private var visible: [String] = []

    /// Makes the settings of no file.
    init() {}

    /// Reads the file that `--config` names, if it is among the arguments.
    init(in arguments: [String]) throws {
        visible = Array(arguments.prefix { $0 != "--" })
        guard let command = arguments.first, Self.commands.contains(command),
            let flag = visible.firstIndex(where: { $0 == "--config" || $0.hasPrefix("--config=") })
        else { return }
        if let equals = arguments[flag].firstIndex(of: "=") {
            path = String(arguments[flag][arguments[flag].index(after: equals)...])
        } else {
            guard flag + 1 < arguments.count else { return }
            path = arguments[flag + 1]
        }
        let file = URL(fileURLWithPath: path)
        settings = try YAMLFile.read([String: JSONValue]?.self, from: file, hint: "write one \"flag: value\" a line") ?? [:]
        lines = Dictionary(try YAMLFile.keys(in: file).map { ($0.name, $0.line) }) { first, _ in first }
    }

    /// The arguments with the file's flags inserted after the command, so that those of the command line override them.
    func expanding(_ arguments: [String]) throws -> [String] {
        guard let command = arguments.first, !settings.isEmpty else { return arguments }
        return try [command] + Self.arguments(for: settings) + arguments.dropFirst()
    }

    /// The text "FILE:LINE: " of the setting that an error is about, if the file has it; else "".
    ///
    /// The parser's errors name the flag anywhere, plad's own at the start: a later one may be in another file.
    func place(of errorLine: ErrorLine) -> String {
        let line = errorLine.line
        guard errorLine.status == ExitStatus.usage.rawValue,
            let match = errorLine.isOfParser ? line.firstMatch(of: /--([A-Za-z0-9-]+)/) : line.prefixMatch(of: /--([A-Za-z0-9-]+)/),
            let number = lines[String(match.1)], isOfFile(String(match.1), line)
        else { return "" }
        return "\(path):\(number): "
    }

    /// True if the error is the file's: the command line does not give the flag, or the error quotes the file's value.
    private func isOfFile(_ flag: String, _ line: String) -> Bool {
        guard visible.contains(where: { $0 == "--\(flag)" || $0.hasPrefix("--\(flag)=") }) else { return true }
        guard let value = settings[flag].flatMap({ try? Self.spelled($0, flag) }) else { return false }
        return line.contains("'\(value)'")
    }

    /// The flags for some settings: `margin: 1` is `--margin 1`, `replay: true` is `--replay`, a list repeats the flag, and null omits
    /// it.
    static func arguments(for settings: [String: JSONValue]) throws -> [String] {
        try settings.sorted { $0.key < $1.key }.flatMap { key, value -> [String] in
            switch value {
            case .null, .bool(false): []
            case .bool(true): ["--\(key)"]
            case .array(let elements): try elements.flatMap { ["--\(key)=\(try spelled($0, key))"] }
            default: ["--\(key)=\(try spelled(value, key))"]
            }
        }
    }

    private static func spelled(_ value: JSONValue, _ key: String) throws -> String {
        switch value {
        case .string(let text): text
        case .int(let number): String(number)
        case .double(let number): "\(number)"
        default: throw UsageError("--\(key) is not a number, a text, true or false, or a list of these")
        }
    }
}
