import Foundation
import GRDB
import PladRecords

/// Opens database files; errors state the reason in one line.
enum CacheFile {
    static func openForWriting(_ file: URL, sizeLimit: Int?) throws -> DatabaseQueue {
        let folder = file.deletingLastPathComponent()
        try makeFolder(folder)
        return try CacheError.telling(of: file) {
            // Two processes that make the same file at once would both find it without tables.
            let lock = open(folder.path, O_RDONLY)
            flock(lock, LOCK_EX)
            defer { close(lock) }
            // Answers are nobody else's. SQLite gives its other files the mode of this one.
            let isNew = !Files.exists(file)
            if isNew { close(open(file.path, O_CREAT | O_WRONLY | O_CLOEXEC, 0o600)) } else { try check(file) }
            do {
                return try writable(file, sizeLimit: sizeLimit)
            } catch {
                // Half of a cache is none: what cannot be made is not left behind.
                if isNew { for end in ["", "-wal", "-shm", "-journal"] { unlink(file.path + end) } }
                throw error
            }
        }
    }

    private static func writable(_ file: URL, sizeLimit: Int?) throws -> DatabaseQueue {
        var configuration = configuration
        configuration.journalMode = .wal
        // GRDB's WAL default loses the last commits in a power cut; completions are money, so each commit is flushed.
        let database = try DatabaseQueue(path: file.path, configuration: configuration)
        try database.writeWithoutTransaction { db in
            try db.execute(sql: "PRAGMA synchronous = FULL")
            guard let sizeLimit else { return }
            let pageSize = try Int.fetchOne(db, sql: "PRAGMA page_size") ?? 4096
            try db.execute(sql: "PRAGMA max_page_count = \(max(1, sizeLimit / pageSize))")
        }
        try Schema.migrator.migrate(database)
        return database
    }

    /// Makes a missing folder, accessible to its owner only.
    private static func makeFolder(_ folder: URL) throws {
        guard !Files.isFolder(folder) else { return }
        try Files.makeFolder(folder)
        chmod(folder.path, 0o700)
    }

    static func openForReading(_ file: URL) throws -> DatabaseQueue {
        guard Files.exists(file) else {
            throw CacheError(
                .missing, "there is no recording at \(file.path); check `teacher.cache`, or record one by `TeachStage`")
        }
        return try CacheError.telling(of: file) {
            let database = try openUnchanged(file)
            if try database.read({ try hasEveryTable($0, file) }) { return database }
            // Written by an older plad: brought up to date where that is allowed.
            try database.close()
            try openForWriting(file, sizeLimit: nil).close()
            return try openUnchanged(file)
        }
    }

    private static func openUnchanged(_ file: URL) throws -> DatabaseQueue {
        var configuration = configuration
        configuration.readonly = true
        return try DatabaseQueue(path: path(of: file), configuration: configuration)
    }

    private static func hasEveryTable(_ db: Database, _ file: URL) throws -> Bool {
        try Schema.check(db, file: file)
        guard try db.tableExists("answer") else {
            throw CacheError(.damaged, "the cache \(file.path) is empty; record into it by `TeachStage`")
        }
        return try Schema.migrator.hasCompletedMigrations(db)
    }

    /// Checks the file without writing, since setting WAL mode writes to any SQLite file.
    private static func check(_ file: URL) throws {
        var configuration = configuration
        configuration.readonly = true
        try DatabaseQueue(path: path(of: file), configuration: configuration).read { try Schema.check($0, file: file) }
    }

    /// Opens a damaged file that the other functions refuse: checks nothing, writes nothing.
    static func openDamaged(_ file: URL) throws -> DatabaseQueue {
        guard Files.exists(file) else { throw CacheError(.missing, "there is no cache at \(file.path)") }
        return try CacheError.telling(of: file) {
            var configuration = configuration
            configuration.readonly = true
            return try DatabaseQueue(path: path(of: file), configuration: configuration)
        }
    }

    static func inMemory(_ file: URL) throws -> DatabaseQueue {
        try CacheError.telling(of: file) {
            let database = try DatabaseQueue(configuration: configuration)
            try Schema.migrator.migrate(database)
            return database
        }
    }

    private static var configuration: Configuration {
        var configuration = Configuration()
        // Long enough for another process's largest transaction.
        configuration.busyMode = .timeout(30)
        configuration.label = "plad-cache"
        return configuration
    }

    /// The path to open. SQLite keeps lock files beside a WAL database, also for readers; in a folder that is not writable, a file that
    /// nobody writes is opened as immutable instead.
    private static func path(of file: URL) -> String {
        let folder = file.deletingLastPathComponent().path
        let isQuiet = !Files.exists(URL(fileURLWithPath: file.path + "-wal"))
        guard isQuiet, !FileManager.default.isWritableFile(atPath: folder) else { return file.path }
        let allowed = CharacterSet.urlPathAllowed.subtracting(CharacterSet(charactersIn: "?#%"))
        return "file:\(file.path.addingPercentEncoding(withAllowedCharacters: allowed) ?? file.path)?immutable=1"
    }
}
