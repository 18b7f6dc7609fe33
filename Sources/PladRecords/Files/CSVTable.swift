import Foundation

/// A table in text form (RFC 4180): a header that names the columns, then records with as many fields; lines end in LF, CRLF or CR.
struct CSVTable {
    /// Names in the header, without surrounding white space.
    let columns: [String]
    /// Records that are not blank, each with its first line's number, from 1.
    let records: [(line: Int, fields: [String])]

    /// Parses a table. Throws `RecordError.malformed` with the file and the line for an unclosed quote, text after one, or a record
    /// with more or fewer fields than the header.
    init(_ data: Data, separator: UInt8, name: String) throws {
        var reader = Reader(bytes: Array(data), separator: separator, name: name)
        var records = try reader.records()
        guard !records.isEmpty else { (columns, self.records) = ([], []); return }
        columns = records.removeFirst().fields.map { $0.trimmingCharacters(in: .whitespaces) }
        for (line, fields) in records where fields.count != columns.count {
            throw RecordError(
                .malformed,
                "\(name):\(line): has \(fields.count) fields, the header \(columns.count); put texts that hold a separator into double quotes"
            )
        }
        self.records = records
    }

    private struct Reader {
        let bytes: [UInt8]
        let separator: UInt8
        let name: String
        private var position = 0
        private var line = 1

        init(bytes: [UInt8], separator: UInt8, name: String) {
            (self.bytes, self.separator, self.name) = (bytes, separator, name)
        }

        mutating func records() throws -> [(line: Int, fields: [String])] {
            var records: [(line: Int, fields: [String])] = []
            while position < bytes.count {
                let start = line
                var fields = [try field()]
                while position < bytes.count, bytes[position] == separator {
                    position += 1
                    fields.append(try field())
                }
                endLine()
                if fields.contains(where: { !$0.allSatisfy(\.isWhitespace) }) { records.append((start, fields)) }
            }
            return records
        }

        /// Reads one field, up to a separator, a line end or the end of the text.
        private mutating func field() throws -> String {
            guard position < bytes.count, bytes[position] == UInt8(ascii: "\"") else {
                let start = position
                while position < bytes.count, bytes[position] != separator, !isLineEnd { position += 1 }
                return try text(bytes[start..<position])
            }
            let first = line
            var content: [UInt8] = []
            position += 1
            while true {
                guard position < bytes.count else { throw fault(first, "a quote is not closed") }
                if bytes[position] == UInt8(ascii: "\"") {
                    position += 1
                    guard position < bytes.count, bytes[position] == UInt8(ascii: "\"") else { break }
                } else if bytes[position] == UInt8(ascii: "\n") {
                    line += 1
                }
                content.append(bytes[position])
                position += 1
            }
            guard position == bytes.count || bytes[position] == separator || isLineEnd else {
                throw fault(line, "text follows a closing quote; double the quotes inside a text")
            }
            return try text(content[...])
        }

        private var isLineEnd: Bool { bytes[position] == UInt8(ascii: "\n") || bytes[position] == UInt8(ascii: "\r") }

        private mutating func endLine() {
            guard position < bytes.count else { return }
            let isPair = bytes[position] == UInt8(ascii: "\r") && position + 1 < bytes.count && bytes[position + 1] == UInt8(ascii: "\n")
            position += isPair ? 2 : 1
            line += 1
        }

        private func text(_ bytes: ArraySlice<UInt8>) throws -> String {
            guard let text = String(validating: bytes, as: UTF8.self) else { throw fault(line, "is not UTF-8 text; convert the file") }
            return text
        }

        private func fault(_ line: Int, _ what: String) -> RecordError { RecordError(.malformed, "\(name):\(line): \(what)") }
    }
}

extension CSVTable {
    private static let separators: [UInt8] = [UInt8(ascii: ","), UInt8(ascii: "\t"), UInt8(ascii: ";")]

    /// The separator, if the text is a table; nil for other text. The file's name decides, else the first line: it must consist of
    /// names, one of them in `known` or all without spaces and as many as the fields of every other record.
    static func separator(of data: Data, name: String, known: Set<String>) -> UInt8? {
        let header = data.prefix { $0 != UInt8(ascii: "\n") && $0 != UInt8(ascii: "\r") }
        func fields(_ separator: UInt8) -> [String] {
            header.split(separator: separator, omittingEmptySubsequences: false).map { String(decoding: $0, as: UTF8.self) }
        }
        switch URL(fileURLWithPath: name).pathExtension.lowercased() {
        case "csv": return separators.max { fields($0).count < fields($1).count }
        case "tsv", "tab": return UInt8(ascii: "\t")
        default: break
        }
        return separators.first { separator in
            let written = fields(separator)
            let names = written.map { $0.trimmingCharacters(in: CharacterSet(charactersIn: "\" \t")) }
            guard names.allSatisfy({ $0.wholeMatch(of: /[\p{L}_][\p{L}\p{N}_.\-]*/) != nil }) else { return false }
            if names.contains(where: { known.contains($0.lowercased()) }) { return true }
            // A sentence has a space behind its comma.
            guard names.count > 1, !written.contains(where: { $0.contains(" ") }),
                let table = try? CSVTable(data, separator: separator, name: name)
            else { return false }
            return !table.records.isEmpty
        }
    }
}
