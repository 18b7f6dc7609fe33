import GRDB

/// A table beside the completions, and the valid values of its columns.
struct Bookkeeping {
    struct Column {
        var name: String
        /// SQL condition that is true for an invalid value.
        var fault: String

        private init(_ name: String, holds: String, canBeMissing: Bool) {
            self.name = name
            fault = "NOT (\(holds))" + (canBeMissing ? " AND \(name) IS NOT NULL" : " OR \(name) IS NULL")
        }

        static func text(_ name: String, canBeMissing: Bool = false) -> Column {
            Column(name, holds: "typeof(\(name)) = 'text'", canBeMissing: canBeMissing)
        }

        static func digest(_ name: String) -> Column {
            Column(name, holds: "typeof(\(name)) = 'blob' AND length(\(name)) = 32", canBeMissing: false)
        }

        static func int(_ name: String, _ bounds: ClosedRange<Int64> = RowReader.Bounds.count, canBeMissing: Bool = false) -> Column {
            let lies = "\(name) >= \(bounds.lowerBound) AND \(name) <= \(bounds.upperBound)"
            return Column(name, holds: "typeof(\(name)) = 'integer' AND \(lies)", canBeMissing: canBeMissing)
        }

        static func duration(_ name: String, canBeMissing: Bool = false) -> Column {
            let lies = "\(name) >= 0 AND \(name) <= \(RowReader.Bounds.duration.upperBound)"
            return Column(name, holds: "typeof(\(name)) IN ('real', 'integer') AND \(lies)", canBeMissing: canBeMissing)
        }

        static func json(_ name: String, canBeMissing: Bool = false) -> Column {
            Column(name, holds: "typeof(\(name)) = 'text' AND json_valid(\(name))", canBeMissing: canBeMissing)
        }

        static func word(_ name: String, _ words: [String]) -> Column {
            let list = words.map { "'\($0)'" }.joined(separator: ", ")
            return Column(name, holds: "typeof(\(name)) = 'text' AND \(name) IN (\(list))", canBeMissing: false)
        }
    }

    var table: String
    var columns: [Column]

    init(_ table: String, _ columns: Column...) {
        (self.table, self.columns) = (table, columns)
    }

    /// The problems found, a line for each column with an invalid value.
    func problems(_ db: Database) throws -> [String] {
        try columns.compactMap { column in
            let count = try Int.fetchOne(db, sql: "SELECT count(*) FROM \(table) WHERE \(column.fault)") ?? 0
            return count == 0 ? nil : "table \(table): \(count) rows hold a \(column.name) that plad does not write"
        }
    }

    private typealias Bounds = RowReader.Bounds

    static let all = [
        Bookkeeping(
            "attempt", .digest("key"), .int("number"), .int("started_at", Bounds.time), .duration("duration"),
            .int("status", Bounds.status, canBeMissing: true), .text("fault"), .duration("wait", canBeMissing: true)),
        Bookkeeping(
            "spending", .text("spender"), .text("teacher"), .text("model"), .int("answers"), .int("paid", Bounds.money),
            .int("in_doubt", Bounds.money)),
        Bookkeeping(
            "reservation", .text("teacher"), .text("model"), .int("nanodollars", Bounds.money), .text("process"), .text("spender")),
        Bookkeeping("claim", .digest("key"), .text("process")),
        Bookkeeping(
            "batch", .text("name"), .text("dialect"), .text("teacher"), .text("path"), .text("url"), .text("process"),
            .int("made_at", Bounds.time), .int("rows"), .text("remote_file", canBeMissing: true), .text("remote_id", canBeMissing: true),
            .word("phase", ["intended", "sent", "guessed", "ended", "foreign"]), .text("status", canBeMissing: true),
            .int("reservation", Bounds.any, canBeMissing: true), .json("price", canBeMissing: true)),
        Bookkeeping("batch_row", .digest("key"), .text("batch"), .json("request"), .int("sample")),
        Bookkeeping("run_start", .text("spender"), .text("run")),
        Bookkeeping("renewal", .text("run"), .digest("key")),
    ]
}
