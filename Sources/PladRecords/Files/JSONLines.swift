package import Foundation

/// Reads and writes files of one JSON document a line, the format in which each stage passes records to the next.
package enum JSONLines {
    /// All records of a file, in order. Blank lines are skipped.
    ///
    /// Throws `RecordError.malformed` with the file, the line (from 1) and the reason.
    package static func read<Record: Decodable>(_ type: Record.Type = Record.self, from file: URL) throws -> [Record] {
        try parse(type, Data(reading: file), name: file.path)
    }

    /// The records in `data`; errors name the file `name`.
    ///
    /// - Parameter isWritten: true if a person wrote the file: repeated fields and lone surrogates are then refused too.
    package static func parse<Record: Decodable>(
        _ type: Record.Type = Record.self, _ data: Data, name: String, isWritten: Bool = false
    ) throws -> [Record] {
        try ForeignFormat.refuse(data, name: name)
        let decoder = JSONDecoder.ofLines
        return try lines(of: data).map { number, line in
            if isWritten { _ = try value(line, number, of: data, name) }
            do {
                return try decoder.decode(type, from: line)
            } catch let error as DecodingError {
                // The decoder does not say where a text stops being JSON; the parser does.
                let value = try value(line, number, of: data, name)
                if value.array != nil {
                    throw RecordError(.malformed, "\(name):\(number): is a JSON array; write JSON lines, each element on a line of its own")
                }
                throw RecordError(.malformed, "\(name):\(number): \(error.reason(SnakeCase.key)); correct or remove the line")
            } catch let error as RecordError {
                throw RecordError(.malformed, "\(name):\(number): \(error.message)")
            }
        }
    }

    /// The document of each line that is not blank, with its number from 1. Lone surrogates and repeated fields are refused.
    static func values(_ data: Data, name: String) throws -> [(number: Int, value: JSONValue)] {
        try lines(of: data).map { number, line in (number, try value(line, number, of: data, name)) }
    }

    /// - Parameter data: the whole file; used to recognise a single document spread over several lines.
    private static func value(_ line: Data, _ number: Int, of data: Data, _ name: String) throws -> JSONValue {
        do {
            return try JSONValue(parsing: line, by: .person)
        } catch let error as RecordError {
            let start = line.drop { $0 == 0x20 || $0 == 0x09 }
            if start.starts(with: Data("#".utf8)) || start.starts(with: Data("//".utf8)) {
                throw RecordError(.malformed, "\(name):\(number): is a comment, which JSON lines do not have; remove the line")
            }
            if (try? JSONValue(parsing: data)) != nil, lines(of: data).count > 1 {
                throw RecordError(
                    .malformed, "\(name) is one JSON document over several lines; write JSON lines, each object on a line of its own")
            }
            throw RecordError(.malformed, "\(name):\(number): \(error.message); correct or remove the line")
        }
    }

    /// The lines that are not blank, each with its number from 1.
    package static func lines(of data: Data) -> [(number: Int, line: Data)] {
        let pieces = data.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        return pieces.enumerated().compactMap { index, line in
            let blank = line.allSatisfy { $0 == 0x20 || $0 == 0x09 || $0 == 0x0d }
            return blank ? nil : (index + 1, Data(line))
        }
    }

    /// Writes all records: the file is the old one or the whole new one.
    package static func write(_ records: some Sequence<some Encodable>, to file: URL) throws {
        try Files.replace(file) { handle in
            var buffer = Data()
            for record in records {
                buffer.append(try record.jsonLine())
                buffer.append(UInt8(ascii: "\n"))
                if buffer.count > 1 << 20 {
                    try handle.write(contentsOf: buffer)
                    buffer.removeAll(keepingCapacity: true)
                }
            }
            try handle.write(contentsOf: buffer)
        }
    }
}
