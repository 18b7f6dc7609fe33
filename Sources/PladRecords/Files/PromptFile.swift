package import Foundation

/// A person's file of prompts: JSON lines, a table with named columns, or plain text.
///
/// - JSON lines are `{"id", "prompt"}` or `{"id", "messages": [{"role", "content"}]}`, with optional `facts` or a right `answer`.
/// - A table is CSV with a column `prompt` and optional `id`, `answer` and `facts`, one text or a JSON list; other columns are ignored.
/// - Plain text is one prompt a line.
///
/// An `id` may be an integer; the default is `line-N`, from the line's number. A file of another format is refused by its name, since
/// every prompt costs money, also one that is really a comment or a header.
package enum PromptFile {
    /// Reads a prompts file. Throws `RecordError` with the file, the line (from 1), the reason and the way out.
    package static func read(_ file: URL) throws -> [Prompt] {
        try parse(try Data(reading: file), name: file.path)
    }

    /// Reads prompts from memory; errors name the file `name`.
    package static func parse(_ data: Data, name: String) throws -> [Prompt] {
        try ForeignFormat.refuse(data, name: name)
        // Editors of another system begin files with a mark and end lines with two characters.
        let data = data.starts(with: [0xef, 0xbb, 0xbf]) ? Data(data.dropFirst(3)) : data
        guard !data.contains(0) else { throw RecordError(.malformed, "\(name) holds bytes of zero and is no text; give JSON lines") }
        let lines = JSONLines.lines(of: data)
        guard let first = lines.first?.line.first(where: { $0 != 0x20 && $0 != 0x09 }) else { return [] }
        if first == UInt8(ascii: "{") {
            return try JSONLines.values(data, name: name).map { number, value in try prompt(value, name, number) }
        }
        if !namesJSON(name), let separator = CSVTable.separator(of: data, name: name, known: ["prompt"]) {
            return try prompts(in: CSVTable(data, separator: separator, name: name), name)
        }
        try refuseOtherText(data, lines, name)
        return try lines.map { number, line in
            guard let text = String(data: line, encoding: .utf8) else {
                throw RecordError(.malformed, "\(name):\(number): is not UTF-8 text; convert the file or remove the line")
            }
            return Prompt(id: fallbackID(number), text: text.trimmingCharacters(in: .whitespacesAndNewlines))
        }
    }

    private static func fallbackID(_ line: Int) -> String { "line-\(line)" }

    private static func prompt(_ value: JSONValue, _ name: String, _ number: Int) throws -> Prompt {
        do {
            return try Prompt(reading: value, fallbackID: fallbackID(number))
        } catch let error as RecordError {
            throw RecordError(.malformed, "\(name):\(number): \(error.message)")
        }
    }

    private static func prompts(in table: CSVTable, _ name: String) throws -> [Prompt] {
        let columns = table.columns.map { $0.lowercased() }
        for column in ["prompt", "id", "facts", "answer"] where columns.count(where: { $0 == column }) > 1 {
            throw RecordError(.malformed, "\(name):1: two columns are named \"\(column)\"; leave one")
        }
        guard let prompt = columns.firstIndex(of: "prompt") else {
            let names = table.columns.map { "\"\($0)\"" }.joined(separator: ", ")
            throw RecordError(
                .malformed, "\(name) looks like a table with the columns \(names): name the one to be asked \"prompt\", or write JSON lines"
            )
        }
        let (id, facts) = (columns.firstIndex(of: "id"), columns.firstIndex(of: "facts"))
        let answer = columns.firstIndex(of: "answer")
        return try table.records.map { line, fields in
            var members: [String: JSONValue] = ["prompt": .string(fields[prompt])]
            if let answer, !fields[answer].isEmpty { members["answer"] = .string(fields[answer]) }
            if let id, !fields[id].isEmpty { members["id"] = .string(fields[id]) }
            if let facts, !fields[facts].isEmpty {
                let list = fields[facts].hasPrefix("[") ? try? JSONValue(parsing: Data(fields[facts].utf8)) : nil
                members["facts"] = list ?? [.string(fields[facts])]
            }
            return try self.prompt(.object(members), name, line)
        }
    }
}

extension PromptFile {
    private static let notText = [
        "yaml": "YAML", "yml": "YAML", "toml": "TOML", "xml": "XML", "html": "HTML", "htm": "HTML", "xls": "a workbook",
        "xlsx": "a workbook",
    ]

    /// True if a file's name has the ending of a JSON file.
    private static func namesJSON(_ name: String) -> Bool {
        ["json", "jsonl", "ndjson"].contains(URL(fileURLWithPath: name).pathExtension.lowercased())
    }

    /// Throws if lines that are not JSON objects are not plain prompts either.
    private static func refuseOtherText(_ data: Data, _ lines: [(number: Int, line: Data)], _ name: String) throws {
        let way = "write JSON lines, one {\"id\", \"prompt\"} a line"
        func refuse(_ what: String) -> RecordError { RecordError(.malformed, "\(name) \(what); \(way)") }
        let whole = try? JSONValue(parsing: data)
        if let elements = whole?.array {
            let sample = elements.first.flatMap { Prompt.foreignShape($0) }
            throw refuse("is a JSON array\(sample.map { " and \($0)" } ?? "")")
        }
        let start = lines[0].line.filter { $0 != 0x20 && $0 != 0x09 && $0 != 0x0d }
        if [Data("[".utf8), Data("[]".utf8)].contains(start) || start.starts(with: Data("[{".utf8)) || start.starts(with: Data("[\"".utf8))
        {
            throw refuse("looks like a JSON array")
        }
        let values = lines.map { try? JSONValue(parsing: $0.line) }
        if values.allSatisfy({ $0?.string != nil }) { throw refuse("is a file of JSON texts") }
        if namesJSON(name) || values.contains(where: { $0?["prompt"] != nil || $0?["messages"] != nil }) {
            // The first line that is not an object has the reason.
            _ = try JSONLines.values(data, name: name).map { number, value in try prompt(value, name, number) }
        }
        if let format = notText[URL(fileURLWithPath: name).pathExtension.lowercased()] { throw refuse("is named as \(format)") }
    }
}
