package import Foundation

/// Files of one JSON document a line: how every stage hands its records to the next.
package enum JSONLines {
    /// All records of a file, in order. Blank lines are passed over.
    ///
    /// Throws `RecordError.malformed` that names the file, the line (from 1) and what is wrong with it.
    package static func read<Record: Decodable>(_ type: Record.Type = Record.self, from file: URL) throws -> [Record] {
        try parse(type, Data(reading: file), name: file.path)
    }

    /// The records in `data`; `name` stands for the file in errors.
    package static func parse<Record: Decodable>(_ type: Record.Type = Record.self, _ data: Data, name: String) throws -> [Record] {
        let decoder = JSONDecoder()
        return try lines(of: data).map { number, line in
            do {
                return try decoder.decode(type, from: line)
            } catch let error as DecodingError {
                // The decoder does not say where a text stops being JSON; the parser does.
                _ = try parseTelling(line, name, number)
                throw RecordError(.malformed, "\(name):\(number): \(error.reason); mend or remove the line")
            } catch let error as RecordError {
                throw RecordError(.malformed, "\(name):\(number): \(error.message)")
            }
        }
    }

    private static func parseTelling(_ line: Data, _ name: String, _ number: Int) throws -> JSONValue {
        do {
            return try JSONValue(parsing: line)
        } catch let error as RecordError {
            throw RecordError(.malformed, "\(name):\(number): \(error.message); mend or remove the line")
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

    /// Writes all the records as a whole: the file is the old one or the new one, never a part.
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
