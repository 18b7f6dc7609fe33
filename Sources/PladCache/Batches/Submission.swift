import Foundation
import GRDB
import PladRecords
import PladTeacher

/// A batch for a provider. It is recorded before it is submitted, so that no row of it is requested twice whatever happens.
package struct Submission: Sendable, Equatable {
    package enum Phase: String, Sendable, Encodable {
        /// Not known to have been submitted.
        case intended
        /// The provider has given it an id.
        case sent
        /// A batch at the provider is assumed to be this one, by time and number of rows; its results will tell.
        case guessed
        /// The results are in the cache.
        case ended
        /// Somebody else's batch that was mistaken for one of these.
        case foreign
    }

    /// Name at the provider, if it stores one.
    package var name: String
    package var dialect: String
    package var teacher: String
    package var path: String
    /// Address of a single request.
    package var url: String
    /// The `ProcessIdentity` of the submitting process.
    var process: String
    /// Time of recording, in seconds since 1970.
    package var madeAt: Int64
    package var rows: Int
    /// Id of the rows' file at the provider.
    package var file: String?
    /// Id of the batch at the provider.
    package var remoteID: String?
    package var phase: Phase
    /// Provider's status at the last poll.
    package var status: String?
    /// Id of the reservation while it is open, if the price is known.
    var reservation: Int64?
    /// Price of its tokens.
    var price: Price?

    static let columns =
        "name, dialect, teacher, path, url, process, made_at, rows, remote_file, remote_id, phase, status, reservation, price"

    /// Reads a row. Throws `CacheError.damaged` for one that plad did not write.
    init(_ row: Row) throws {
        var reader = RowReader(row, Self.columns)
        do {
            (name, dialect, teacher, path, url) = (
                try reader.text(), try reader.text(), try reader.text(), try reader.text(), try reader.text()
            )
            process = try reader.text()
            madeAt = Int64(try reader.int(RowReader.Bounds.time))
            rows = try reader.int()
            (file, remoteID) = (try reader.optionalText(), try reader.optionalText())
            phase = try reader.value()
            status = try reader.optionalText()
            reservation = try reader.optionalInt(RowReader.Bounds.any).map { Int64($0) }
            price = try reader.optionalText().flatMap { try? JSONDecoder.ofLines.decode(Price.self, from: Data($0.utf8)) }
        } catch let error as CacheError {
            throw CacheError(.damaged, "a batch of the cache cannot be read: \(error.message); look at it by `CompletionCache.verify`")
        }
    }

    /// Id to show a person: the provider's, if there is one.
    package var id: String { remoteID ?? name }
    package var isOpen: Bool { phase == .intended || phase == .sent || phase == .guessed }

    /// The submission with the provider's id of the batch.
    func sent(as state: BatchState, _ phase: Phase) -> Submission {
        var sent = self
        (sent.remoteID, sent.status, sent.phase) = (state.id, state.status, phase)
        return sent
    }

    /// The submission as not known to be at the provider.
    var unsent: Submission {
        var unsent = self
        (unsent.remoteID, unsent.status, unsent.phase) = (nil, nil, .intended)
        return unsent
    }

    init(of rows: Int, _ first: TeacherRequest, url: String) {
        name = UUID().uuidString.lowercased()
        dialect = first.dialect
        teacher = first.teacher
        path = first.path
        self.url = url
        process = ProcessIdentity.own
        madeAt = Int64(Date().timeIntervalSince1970)
        self.rows = rows
        phase = .intended
    }

    /// Inserts it, with its rows.
    func insert(_ db: Database, holding requests: [TeacherRequest] = []) throws {
        let places = Array(repeating: "?", count: 14).joined(separator: ",")
        try db.cachedStatement(sql: "INSERT INTO batch (\(Self.columns)) VALUES (\(places))").execute(
            arguments: [
                name, dialect, teacher, path, url, process, madeAt, rows, file, remoteID, phase.rawValue, status, reservation,
                try price.map { String(decoding: try $0.jsonLine(), as: UTF8.self) },
            ])
        for request in requests {
            try db.cachedStatement(sql: "INSERT INTO batch_row (batch, key, request, sample) VALUES (?, ?, ?, ?)")
                .execute(arguments: [name, Data(CompletionKey.digest(of: request).bytes), request.bodyText, request.sample])
        }
    }

    /// Updates it, unless it has ended: a forgotten one does not come back.
    func update(_ db: Database) throws {
        guard try Self.fetch(db, name: name)?.isOpen == true else { return }
        try db.cachedStatement(
            sql: "UPDATE batch SET process = ?, remote_file = ?, remote_id = ?, phase = ?, status = ?, reservation = ? WHERE name = ?"
        ).execute(arguments: [process, file, remoteID, phase.rawValue, status, reservation, name])
    }

    static func fetch(_ db: Database, name: String) throws -> Submission? {
        try Row.fetchOne(db, sql: "SELECT \(columns) FROM batch WHERE name = ?", arguments: [name]).map(Submission.init)
    }

    /// The open batch that holds a request with this key.
    static func fetch(_ db: Database, holding key: Digest) throws -> Submission? {
        let statement = try db.cachedStatement(sql: "SELECT batch FROM batch_row WHERE key = ?")
        return try String.fetchOne(statement, arguments: [Data(key.bytes)]).flatMap { try fetch(db, name: $0) }
    }

    /// Id of the other process of this machine that is submitting it; nil if there is none.
    package var sender: Int32? {
        guard phase == .intended, process != ProcessIdentity.own, ProcessIdentity.isAlive(process) else { return nil }
        return ProcessIdentity.number(in: process)
    }

    /// True if this process may submit or withdraw it.
    var isFree: Bool { phase == .intended && sender == nil }
}
