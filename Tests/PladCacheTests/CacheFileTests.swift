import Foundation
import PladCache
import PladHTTP
import PladRecords
import Testing

@Suite struct CacheFileTests {
    private func error(_ file: URL, _ use: CompletionCache.Use) throws -> CacheError {
        let error = try #require(throws: CacheError.self) { try CompletionCache(opening: file, for: use) }
        #expect(error.message.contains(file.path))
        #expect(!error.message.contains("\n"))
        return error
    }

    @Test func aMissingRecordingIsNamed() throws {
        let folder = try Folder()
        let error = try error(folder["none.sqlite"], .reading)
        #expect(error.code == .missing)
        #expect(error.exitStatus == .badData)
        #expect(!FileManager.default.fileExists(atPath: folder["none.sqlite"].path))
    }

    @Test func whatIsMadeIsItsOwnersAlone() async throws {
        let folder = try Folder()
        func mode(_ path: String) throws -> Int? {
            try FileManager.default.attributesOfItem(atPath: folder[path].path)[.posixPermissions] as? Int
        }
        let cache = try CompletionCache(opening: folder["new/c.sqlite"], for: .writing)
        _ = try await cache.store(try stored(request("q"), "a"))
        for name in ["new/c.sqlite", "new/c.sqlite-wal", "new/c.sqlite-shm"] { #expect(try mode(name) == 0o600, "\(name)") }
        #expect(try mode("new") == 0o700)
        // What was there keeps its mode.
        try FileManager.default.createDirectory(
            at: folder["old"], withIntermediateDirectories: true, attributes: [.posixPermissions: 0o755])
        _ = try CompletionCache(opening: folder["old/c.sqlite"], for: .writing)
        #expect(try mode("old") == 0o755)
        EndpointFile(folder["old/traffic.json"]).remember(KnownLimits(requests: 5), of: "https://a.test")
        #expect(try mode("old/traffic.json") == 0o600)
    }

    @Test(arguments: [CompletionCache.Use.reading, .writing])
    func aFileThatIsNoDatabaseIsLeftAlone(use: CompletionCache.Use) throws {
        let folder = try Folder()
        let text = Data(String(repeating: "A letter to the editor. ", count: 400).utf8)
        try text.write(to: folder["letter.txt"])
        #expect(try error(folder["letter.txt"], use).code == .foreign)
        #expect(try Data(contentsOf: folder["letter.txt"]) == text)
    }

    @Test(arguments: [CompletionCache.Use.reading, .writing])
    func anotherProgramsDatabaseIsLeftAlone(use: CompletionCache.Use) throws {
        let folder = try Folder()
        try Data(base64Encoded: foreignDatabase)!.write(to: folder["their.sqlite"])
        #expect(try error(folder["their.sqlite"], use).code == .foreign)
        #expect(try Data(contentsOf: folder["their.sqlite"]) == Data(base64Encoded: foreignDatabase)!)
    }

    @Test func damageIsFoundAndNamed() async throws {
        let folder = try Folder()
        let cache = try CompletionCache(opening: folder["c.sqlite"], for: .writing)
        for number in 0..<200 { _ = try await cache.store(try stored(request("\(number)"), String(repeating: "x", count: 500))) }
        try cache.close()
        var bytes = try Data(contentsOf: folder["c.sqlite"])
        #expect(bytes.count > 100_000)
        for index in 20_000..<60_000 { bytes[index] = 0x5a }
        try bytes.write(to: folder["c.sqlite"])
        let damaged = try CompletionCache(opening: folder["c.sqlite"], for: .reading)
        let error = await #expect(throws: CacheError.self) {
            for number in 0..<200 { _ = try await damaged.find(request("\(number)")) }
            _ = try damaged.list()
        }
        #expect(error?.code == .damaged)
        #expect(error?.exitStatus == .badData)
    }

    @Test func aFolderThatCannotBeMadeIsNamed() throws {
        let folder = try Folder()
        try Data().write(to: folder["file"])
        let error = try #require(throws: RecordError.self) { try CompletionCache(opening: folder["file/c.sqlite"], for: .writing) }
        #expect(error.message.contains(folder["file"].path))
        #expect(error.exitStatus == .tryAgain)
    }

    @Test func aFullDiskLosesNothing() async throws {
        let folder = try Folder()
        let cache = try CompletionCache(opening: folder["c.sqlite"], for: .writing, sizeLimit: 120_000)
        _ = try await cache.store(try stored(request("before"), "x"))
        let error = await #expect(throws: CacheError.self) {
            for number in 0..<100 { _ = try await cache.store(try stored(request("\(number)"), String(repeating: "x", count: 4000))) }
        }
        #expect(error?.code == .diskFull)
        #expect(error?.exitStatus == .tryAgain)
        #expect(error?.message.contains("no space left") == true)
        #expect(try await cache.find(request("before")) != nil)
        #expect(try cache.verify().problems.isEmpty)
        let roomy = try CompletionCache(opening: folder["c.sqlite"], for: .writing)
        _ = try await roomy.store(try stored(request("after"), "x"))
        #expect(try await roomy.find(request("before")) != nil)
        #expect(try await roomy.find(request("after")) != nil)
    }

    @Test(arguments: [1, 20_000, 40_000])
    func aCacheThatCannotBeMadeIsNotLeftBehind(bytes: Int) throws {
        let folder = try Folder()
        let error = try #require(throws: CacheError.self) {
            try CompletionCache(opening: folder["c.sqlite"], for: .writing, sizeLimit: bytes)
        }
        #expect(error.code == .diskFull, "\(error.message)")
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path).isEmpty)
        #expect(throws: Never.self) { try CompletionCache(opening: folder["c.sqlite"], for: .writing) }
    }

    /// A kill in the middle of making leaves the list of migrations, which is made first, without anything else.
    @Test func aCacheWhoseMakingWasStoppedIsGoneOnWith() async throws {
        let folder = try Folder()
        try execute("CREATE TABLE grdb_migrations (identifier TEXT NOT NULL PRIMARY KEY);", in: folder["c.sqlite"])
        let cache = try CompletionCache(opening: folder["c.sqlite"], for: .writing)
        _ = try await cache.store(stored(request("a"), "b"))
        try execute(
            "CREATE TABLE grdb_migrations (identifier TEXT NOT NULL PRIMARY KEY); INSERT INTO grdb_migrations VALUES ('1 others');",
            in: folder["d.sqlite"])
        #expect(try error(folder["d.sqlite"], .writing).code == .foreign)
    }

    @Test(arguments: [false, true])
    func aCacheThatIsDeletedWhileInUseIsTold(isReplaced: Bool) async throws {
        let folder = try Folder()
        let cache = try CompletionCache(opening: folder["c.sqlite"], for: .writing)
        _ = try await cache.store(stored(request("a"), "b"))
        try FileManager.default.removeItem(at: folder["c.sqlite"])
        if isReplaced { try Data().write(to: folder["c.sqlite"]) }
        let error = await #expect(throws: CacheError.self) { _ = try await cache.store(stored(request("c"), "d")) }
        #expect(error?.code == .gone && error?.exitStatus == .tryAgain)
        #expect(error?.message.contains("\(folder["c.sqlite"].path) was deleted or replaced") == true)
    }

    @Test func aRecordingInJSONLinesIsNotWrittenTo() throws {
        let folder = try Folder()
        try Data().write(to: folder["r.jsonl"])
        let error = try error(folder["r.jsonl"], .writing)
        #expect(error.exitStatus == .usage)
        #expect(error.message.contains("import it into r.sqlite (`CompletionCache.importRecording`)"))
    }

    @Test func theCacheOfAnOlderPladIsReplayed() async throws {
        let folder = try Folder()
        let cache = try CompletionCache(opening: folder["c.sqlite"], for: .writing)
        _ = try await cache.store(stored(request("q"), "kept"))
        try cache.close()
        let script = """
            import sqlite3, sys
            c = sqlite3.connect(sys.argv[1])
            for (table,) in c.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
                if table not in ("answer", "grdb_migrations"): c.execute(f"DROP TABLE {table}")
            for column in ("cached_tokens", "reasoning_tokens", "choice"): c.execute(f"ALTER TABLE answer DROP COLUMN {column}")
            c.execute("DELETE FROM grdb_migrations WHERE identifier NOT LIKE '1 %'")
            c.commit()
            """
        let python = Process()
        python.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        python.arguments = ["python3", "-c", script, folder["c.sqlite"].path]
        try python.run()
        python.waitUntilExit()
        #expect(python.terminationStatus == 0)
        let old = try CompletionCache(opening: folder["c.sqlite"], for: .reading)
        #expect(try await cached(old, .replay).completion(of: question("q"), SamplingParameters()).completion.text == "kept")
    }
}

/// 512-byte pages with one table, `notes (text)`, and no application id.
private let foreignDatabase =
    "U1FMaXRlIGZvcm1hdCAzAAIAAQEAQCAgAAAAAQAAAAIAAAAAAAAAAAAAAAEAAAAEAAAAAAAAAAAAAAABAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
    + "AAAAAAAAAAAAAAAAABAC5jAQ0AAAABAc8AAc8AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
    + "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
    + "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
    + "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
    + "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAC8BBhcXFwE/dGFibGVub3Rlc25vdGVzAkNSRUFURSBU"
    + "QUJMRSBub3RlcyAodGV4dCkNAAAAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
    + "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
    + "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
    + "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
    + "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
    + "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
    + "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=="
