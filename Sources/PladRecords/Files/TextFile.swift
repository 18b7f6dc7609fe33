package import Foundation

/// A plain text to read, with its name in messages.
package struct PlainText: Sendable, Hashable {
    package var id: String
    package var text: String

    package init(id: String, text: String) {
        self.id = id
        self.text = text
    }
}

/// A person's file of plain texts: JSON lines `{"text"}`, with an optional `"id"`, or plain text, where each line is a text.
///
/// Without an `id` a text is `line-N`, from the line's number. Blank lines and empty texts are no texts.
package enum TextFile {
    /// Reads a file of texts. Throws `RecordError` with the file, the line (from 1), the reason and the way out.
    package static func read(_ file: URL) throws -> [PlainText] { try parse(try Data(reading: file), name: file.path) }

    /// Reads texts from memory; errors name the file `name`.
    package static func parse(_ data: Data, name: String) throws -> [PlainText] {
        try ForeignFormat.refuse(data, name: name)
        let data = data.starts(with: [0xef, 0xbb, 0xbf]) ? Data(data.dropFirst(3)) : data
        guard !data.contains(0) else { throw RecordError(.malformed, "\(name) holds bytes of zero and is no text; give JSON lines") }
        let lines = JSONLines.lines(of: data)
        guard let first = lines.first?.line.first(where: { $0 != 0x20 && $0 != 0x09 }) else { return [] }
        guard first == UInt8(ascii: "{") else {
            return try lines.map { number, line in
                guard let text = String(data: line, encoding: .utf8) else {
                    throw RecordError(.malformed, "\(name):\(number): is not UTF-8 text; convert the file or remove the line")
                }
                // The carriage return of another system's line end is no part of the text.
                return PlainText(id: "line-\(number)", text: text.hasSuffix("\r") ? String(text.dropLast()) : text)
            }
        }
        var texts: [PlainText] = []
        for (number, value) in try JSONLines.values(data, name: name) {
            guard let text = value["text"]?.string else {
                throw RecordError(.malformed, "\(name):\(number): has no \"text\"; write {\"text\": \"…\"}, one text a line")
            }
            guard !text.isEmpty else { continue }
            let id = value["id"].map { $0.string ?? $0.canonical } ?? "line-\(number)"
            texts.append(PlainText(id: id, text: text))
        }
        return texts
    }
}
