import Foundation
import GRDB
import PladRecords
import PladTeacher

/// Reads the columns of a row in order and validates them, since SQLite stores any value in any column.
///
/// Throws `CacheError.damaged` with the column and its value.
struct RowReader {
    /// The valid ranges of integers in columns.
    enum Bounds {
        static let any = Int64.min...Int64.max
        /// Samples, choices, tokens, attempts: the integers that a `Double` represents exactly.
        static let count: ClosedRange<Int64> = 0...1 << 53
        static let status: ClosedRange<Int64> = 100...999
        /// Times in milliseconds since 1970, to the end of the year 9999.
        static let time: ClosedRange<Int64> = 0...253_402_300_799_999
        /// Durations in milliseconds, to thirty years.
        static let duration: ClosedRange<Double> = 0...1e12
        /// Amounts in nanodollars.
        static let money: ClosedRange<Int64> = 0...Int64.max
    }

    private let row: Row
    private let names: [String]
    private var index = -1

    /// - Parameter columns: names separated by commas, in the order of reading.
    init(_ row: Row, _ columns: String) {
        self.row = row
        names = columns.split(whereSeparator: { $0 == "," || $0.isWhitespace }).map(String.init)
    }

    init(_ row: Row, named columns: [String]) {
        self.row = row
        names = columns
    }

    mutating func text() throws -> String {
        guard let text = try optionalText() else { throw unlike("a text") }
        return text
    }

    mutating func optionalText() throws -> String? {
        switch next() {
        case .null: return nil
        case .string(let text): return text
        default: throw unlike("a text")
        }
    }

    mutating func data() throws -> Data {
        guard case .blob(let data) = next() else { throw unlike("bytes") }
        return data
    }

    mutating func digest() throws -> Digest {
        guard case .blob(let data) = next(), let digest = Digest(bytes: data) else { throw unlike("a SHA-256 digest") }
        return digest
    }

    mutating func int(_ bounds: ClosedRange<Int64> = Bounds.count) throws -> Int {
        guard let number = try optionalInt(bounds) else { throw unlike("a whole number") }
        return number
    }

    mutating func optionalInt(_ bounds: ClosedRange<Int64> = Bounds.count) throws -> Int? {
        switch next() {
        case .null: return nil
        case .int64(let number) where bounds.contains(number): return Int(number)
        default: throw unlike("a whole number that it can be")
        }
    }

    mutating func optionalDuration() throws -> Double? {
        switch next() {
        case .null: return nil
        case .double(let number) where Bounds.duration.contains(number): return number
        case .int64(let number) where Bounds.duration.contains(Double(number)): return Double(number)
        default: throw unlike("a time in milliseconds")
        }
    }

    mutating func value<Value: RawRepresentable>(_ type: Value.Type = Value.self) throws -> Value where Value.RawValue == String {
        guard case .string(let text) = next(), let value = Value(rawValue: text) else { throw unlike("a word that plad writes") }
        return value
    }

    private mutating func next() -> DatabaseValue.Storage {
        index += 1
        return (row[index] as DatabaseValue).storage
    }

    private func unlike(_ what: String) -> CacheError {
        let found =
            switch (row[index] as DatabaseValue).storage {
            case .null: "nothing"
            case .int64(let number): "\(number)"
            case .double(let number): "\(number)"
            case .string(let text): JSONValue.string(String(text.prefix(40))).canonical
            case .blob(let data): "\(data.count) bytes"
            }
        return CacheError(.damaged, "its \(names[index]) is \(found), not \(what)")
    }
}

extension Money {
    /// Converts a sum of nanodollars from SQLite, clamped to the valid range.
    init(clamping sum: Double) {
        self.init(nanodollars: sum.isNaN ? 0 : Int64(min(max(sum, 0), 9e18)))
    }
}

extension Int {
    /// Converts a sum of numbers from SQLite, clamped to the valid range.
    init(clamping sum: Double) {
        self = sum.isNaN ? 0 : Int(Swift.min(Swift.max(sum, 0), 9e18))
    }
}
