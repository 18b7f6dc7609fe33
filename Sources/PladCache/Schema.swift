import Foundation
import GRDB
import PladRecords

/// The database's schema. Migrations are only ever appended, so that a file of any age opens.
enum Schema {
    /// Identifier "plad" in ASCII, in the file's header, which distinguishes a cache from any other SQLite file.
    static let applicationID = 0x706c_6164

    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1 answers") { db in
            try db.execute(sql: "PRAGMA application_id = \(applicationID)")
            try db.execute(
                sql: """
                    CREATE TABLE answer (
                        id INTEGER PRIMARY KEY,
                        key BLOB NOT NULL UNIQUE,         -- SHA-256, 32 bytes
                        family BLOB NOT NULL,             -- the same without the limit on tokens
                        dialect TEXT NOT NULL,
                        teacher TEXT NOT NULL,            -- origin, or the name given in its place
                        path TEXT NOT NULL,
                        request TEXT NOT NULL,            -- canonical JSON
                        sample INTEGER NOT NULL,
                        token_limit INTEGER,
                        status INTEGER NOT NULL,
                        response BLOB NOT NULL,           -- the body as it came, decompressed
                        response_digest BLOB NOT NULL,    -- SHA-256, 32 bytes
                        finish_reason TEXT NOT NULL,
                        prompt_tokens INTEGER,
                        completion_tokens INTEGER,
                        model TEXT,                       -- as the provider returned it
                        attempts INTEGER NOT NULL,
                        asked_at INTEGER,                 -- milliseconds since 1970
                        first_byte REAL,                  -- milliseconds
                        total REAL                        -- milliseconds
                    );
                    CREATE INDEX answer_family ON answer (family);
                    """)
        }
        migrator.registerMigration("2 attempts and money") { db in
            try db.execute(
                sql: """
                    ALTER TABLE answer ADD COLUMN cached_tokens INTEGER;
                    ALTER TABLE answer ADD COLUMN reasoning_tokens INTEGER;
                    CREATE TABLE attempt (                -- those that brought no answer
                        id INTEGER PRIMARY KEY,
                        key BLOB NOT NULL,                -- of the answer that was asked for
                        number INTEGER NOT NULL,          -- from 1
                        started_at INTEGER NOT NULL,      -- milliseconds since 1970
                        duration REAL NOT NULL,           -- milliseconds
                        status INTEGER,
                        fault TEXT NOT NULL,
                        wait REAL                         -- milliseconds until the next
                    );
                    CREATE INDEX attempt_key ON attempt (key);
                    CREATE TABLE reservation (            -- requests under way
                        id INTEGER PRIMARY KEY,
                        teacher TEXT NOT NULL,
                        model TEXT NOT NULL,
                        nanodollars INTEGER NOT NULL      -- the most that it can cost
                    );
                    CREATE TABLE spending (
                        teacher TEXT NOT NULL,
                        model TEXT NOT NULL,
                        answers INTEGER NOT NULL,
                        paid INTEGER NOT NULL,            -- nanodollars
                        in_doubt INTEGER NOT NULL,        -- nanodollars, for requests that broke off
                        PRIMARY KEY (teacher, model)
                    ) WITHOUT ROWID;
                    """)
        }
        migrator.registerMigration("3 claims") { db in
            try db.execute(
                sql: """
                    CREATE TABLE claim (                  -- requests that a process is sending
                        key BLOB PRIMARY KEY,
                        process TEXT NOT NULL             -- its ProcessIdentity
                    ) WITHOUT ROWID;
                    """)
        }
        migrator.registerMigration("4 choices") { db in
            // Which of the response's completions the row's is, where several samples were asked for at once.
            try db.execute(sql: "ALTER TABLE answer ADD COLUMN choice INTEGER NOT NULL DEFAULT 0")
        }
        migrator.registerMigration("5 batches") { db in
            try db.execute(
                sql: """
                    CREATE TABLE batch (
                        name TEXT NOT NULL UNIQUE,        -- plad's own
                        dialect TEXT NOT NULL,
                        teacher TEXT NOT NULL,
                        path TEXT NOT NULL,
                        url TEXT NOT NULL,                -- the address of one request
                        process INTEGER NOT NULL,         -- the id of the one that sends it
                        made_at INTEGER NOT NULL,         -- seconds since 1970
                        rows INTEGER NOT NULL,
                        remote_file TEXT,
                        remote_id TEXT,
                        phase TEXT NOT NULL,              -- intended, sent, ended, foreign
                        status TEXT                       -- the provider's word
                    );
                    CREATE TABLE batch_row (              -- of batches that are not over
                        key BLOB PRIMARY KEY,
                        batch TEXT NOT NULL,              -- its name
                        request TEXT NOT NULL,
                        sample INTEGER NOT NULL
                    ) WITHOUT ROWID;
                    CREATE INDEX batch_row_batch ON batch_row (batch);
                    """)
        }
        migrator.registerMigration("6 batches and money") { db in
            try db.execute(
                sql: """
                    ALTER TABLE batch ADD COLUMN reservation INTEGER;   -- what is set aside for it while it is open
                    ALTER TABLE batch ADD COLUMN price TEXT;            -- of its tokens, as JSON; where it was known
                    """)
        }
        migrator.registerMigration("7 who spent") { db in
            // By spender, so that what two caches know of the same money is counted once when they are merged.
            try db.execute(
                sql: """
                    CREATE TABLE spent (
                        spender TEXT NOT NULL,            -- CompletionCache.spender
                        teacher TEXT NOT NULL,
                        model TEXT NOT NULL,
                        answers INTEGER NOT NULL,
                        paid INTEGER NOT NULL,            -- nanodollars
                        in_doubt INTEGER NOT NULL,        -- nanodollars, for requests that broke off
                        PRIMARY KEY (spender, teacher, model)
                    ) WITHOUT ROWID;
                    INSERT INTO spent SELECT \(olderSpender), teacher, model, answers, paid, in_doubt FROM spending;
                    DROP TABLE spending;
                    ALTER TABLE spent RENAME TO spending;
                    """)
        }
        migrator.registerMigration("8 batches of processes") { db in
            // A number alone names another process once it is used again; whoever sent a batch under a number counts as gone.
            try db.execute(
                sql: """
                    ALTER TABLE batch DROP COLUMN process;
                    ALTER TABLE batch ADD COLUMN process TEXT NOT NULL DEFAULT '';   -- the ProcessIdentity of the one that sends it
                    """)
        }
        migrator.registerMigration("9 who asks") { db in
            // The ProcessIdentity of the one that has set it aside; of older rows nobody knows whose they are.
            try db.execute(sql: "ALTER TABLE reservation ADD COLUMN process TEXT NOT NULL DEFAULT ''")
        }
        migrator.registerMigration("10 runs") { db in
            try db.execute(
                sql: """
                    CREATE TABLE run_start (              -- whom a spender asked for
                        spender TEXT PRIMARY KEY,
                        run TEXT NOT NULL
                    ) WITHOUT ROWID;
                    CREATE INDEX run_start_run ON run_start (run);
                    CREATE TABLE renewal (                -- answers that a run which refreshes has asked for again
                        run TEXT NOT NULL,
                        key BLOB NOT NULL,
                        PRIMARY KEY (run, key)
                    ) WITHOUT ROWID;
                    ALTER TABLE reservation ADD COLUMN spender TEXT NOT NULL DEFAULT '';
                    """)
        }
        return migrator
    }

    /// SQL for the spender of costs from before spenders had names: the same in copies of one file, so that merging counts them once.
    /// Copies that went on spending count in full, since their common part is unknown.
    static let olderSpender = """
        coalesce(
            (SELECT lower(hex(key)) || '/' || coalesce(asked_at, 0) FROM answer ORDER BY id LIMIT 1)
                || '/' || answers || '/' || paid || '/' || in_doubt,
            lower(hex(randomblob(16))))
        """

    /// Throws `CacheError` unless the database is empty or a cache of this version or an older one.
    static func check(_ db: Database, file: URL) throws {
        guard try !isUnfinished(db) else { return }
        guard try Int.fetchOne(db, sql: "PRAGMA application_id") == applicationID else {
            throw CacheError(.foreign, "\(file.path) is a database, but not a cache of plad; give another file as `teacher.cache`")
        }
        if try migrator.hasBeenSuperseded(db) {
            throw CacheError(
                .newer, "the cache \(file.path) was written by a newer plad; update plad or give another file as `teacher.cache`")
        }
    }

    /// True if the database holds only the list of migrations, which is made first: its creation was interrupted.
    private static func isUnfinished(_ db: Database) throws -> Bool {
        let tables = try String.fetchAll(db, sql: "SELECT name FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'")
        guard tables.allSatisfy({ $0 == "grdb_migrations" }) else { return false }
        return try tables.isEmpty || Int.fetchOne(db, sql: "SELECT count(*) FROM grdb_migrations") == 0
    }
}
